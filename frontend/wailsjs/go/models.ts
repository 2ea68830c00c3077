export namespace capture {
	
	export class Device {
	    uri: string;
	    name: string;
	    kind: string;
	
	    static createFrom(source: any = {}) {
	        return new Device(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.uri = source["uri"];
	        this.name = source["name"];
	        this.kind = source["kind"];
	    }
	}

}

export namespace doctor {
	
	export class Check {
	    name: string;
	    ok: boolean;
	    ms: number;
	    found?: string;
	    error?: sight.LineError;
	
	    static createFrom(source: any = {}) {
	        return new Check(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.ok = source["ok"];
	        this.ms = source["ms"];
	        this.found = source["found"];
	        this.error = this.convertValues(source["error"], sight.LineError);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Report {
	    ok: boolean;
	    checks: Check[];
	
	    static createFrom(source: any = {}) {
	        return new Report(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.ok = source["ok"];
	        this.checks = this.convertValues(source["checks"], Check);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}

}

export namespace library {
	
	export class Asker {
	    backend: string;
	    model: string;
	
	    static createFrom(source: any = {}) {
	        return new Asker(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.backend = source["backend"];
	        this.model = source["model"];
	    }
	}
	export class ExportForm {
	    id: string;
	    format: string;
	    to: string;
	    fromMs: number;
	    toMs: number;
	
	    static createFrom(source: any = {}) {
	        return new ExportForm(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.format = source["format"];
	        this.to = source["to"];
	        this.fromMs = source["fromMs"];
	        this.toMs = source["toMs"];
	    }
	}
	export class Exported {
	    files: string[];
	    note: string;
	
	    static createFrom(source: any = {}) {
	        return new Exported(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.files = source["files"];
	        this.note = source["note"];
	    }
	}
	export class Piece {
	    text: string;
	    found: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Piece(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.text = source["text"];
	        this.found = source["found"];
	    }
	}
	export class Hit {
	    recording: string;
	    title: string;
	    startedMs: number;
	    atMs: number;
	    seq: number;
	    backend: string;
	    model: string;
	    pieces: Piece[];
	    picture: string;
	
	    static createFrom(source: any = {}) {
	        return new Hit(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.recording = source["recording"];
	        this.title = source["title"];
	        this.startedMs = source["startedMs"];
	        this.atMs = source["atMs"];
	        this.seq = source["seq"];
	        this.backend = source["backend"];
	        this.model = source["model"];
	        this.pieces = this.convertValues(source["pieces"], Piece);
	        this.picture = source["picture"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Outcomes {
	    answered: number;
	    superseded: number;
	    unchanged: number;
	    failed: number;
	    cancelled: number;
	
	    static createFrom(source: any = {}) {
	        return new Outcomes(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.answered = source["answered"];
	        this.superseded = source["superseded"];
	        this.unchanged = source["unchanged"];
	        this.failed = source["failed"];
	        this.cancelled = source["cancelled"];
	    }
	}
	
	export class Segment {
	    startMs: number;
	    lengthMs: number;
	    width: number;
	    height: number;
	
	    static createFrom(source: any = {}) {
	        return new Segment(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.startMs = source["startMs"];
	        this.lengthMs = source["lengthMs"];
	        this.width = source["width"];
	        this.height = source["height"];
	    }
	}
	export class Recording {
	    id: string;
	    title: string;
	    dir: string;
	    state: string;
	    busy: boolean;
	    keep: boolean;
	    startedMs: number;
	    lengthMs: number;
	    bytes: number;
	    source: string;
	    kind: string;
	    askers: Asker[];
	    prompt: string;
	    pace: string;
	    video: boolean;
	    parts: string[];
	    version: string;
	    segments: Segment[];
	    outcomes: Outcomes;
	    reason?: sight.LineError;
	    thumb: string;
	
	    static createFrom(source: any = {}) {
	        return new Recording(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.title = source["title"];
	        this.dir = source["dir"];
	        this.state = source["state"];
	        this.busy = source["busy"];
	        this.keep = source["keep"];
	        this.startedMs = source["startedMs"];
	        this.lengthMs = source["lengthMs"];
	        this.bytes = source["bytes"];
	        this.source = source["source"];
	        this.kind = source["kind"];
	        this.askers = this.convertValues(source["askers"], Asker);
	        this.prompt = source["prompt"];
	        this.pace = source["pace"];
	        this.video = source["video"];
	        this.parts = source["parts"];
	        this.version = source["version"];
	        this.segments = this.convertValues(source["segments"], Segment);
	        this.outcomes = this.convertValues(source["outcomes"], Outcomes);
	        this.reason = this.convertValues(source["reason"], sight.LineError);
	        this.thumb = source["thumb"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	export class Shelf {
	    recordings: Recording[];
	    folder: string;
	    bytes: number;
	    free: number;
	    limit: number;
	
	    static createFrom(source: any = {}) {
	        return new Shelf(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.recordings = this.convertValues(source["recordings"], Recording);
	        this.folder = source["folder"];
	        this.bytes = source["bytes"];
	        this.free = source["free"];
	        this.limit = source["limit"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}

}

export namespace settings {
	
	export class Profile {
	    sees?: string;
	    streams?: boolean;
	    json?: boolean;
	    firstTokenMs?: number;
	    tokensPerS?: number;
	    checked?: string;
	
	    static createFrom(source: any = {}) {
	        return new Profile(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.sees = source["sees"];
	        this.streams = source["streams"];
	        this.json = source["json"];
	        this.firstTokenMs = source["firstTokenMs"];
	        this.tokensPerS = source["tokensPerS"];
	        this.checked = source["checked"];
	    }
	}
	export class TimeLimits {
	    connect?: number;
	    firstToken?: number;
	    betweenTokens?: number;
	    total?: number;
	
	    static createFrom(source: any = {}) {
	        return new TimeLimits(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.connect = source["connect"];
	        this.firstToken = source["firstToken"];
	        this.betweenTokens = source["betweenTokens"];
	        this.total = source["total"];
	    }
	}
	export class Backend {
	    id: string;
	    name: string;
	    url: string;
	    replicas?: string[];
	    model?: string;
	    inFlight?: number;
	    perMinute?: number;
	    times: TimeLimits;
	    caFile?: string;
	    leaves?: string;
	    fallback?: string;
	    profiles?: Record<string, Profile>;
	
	    static createFrom(source: any = {}) {
	        return new Backend(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.name = source["name"];
	        this.url = source["url"];
	        this.replicas = source["replicas"];
	        this.model = source["model"];
	        this.inFlight = source["inFlight"];
	        this.perMinute = source["perMinute"];
	        this.times = this.convertValues(source["times"], TimeLimits);
	        this.caFile = source["caFile"];
	        this.leaves = source["leaves"];
	        this.fallback = source["fallback"];
	        this.profiles = this.convertValues(source["profiles"], Profile, true);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Column {
	    backend: string;
	    model: string;
	
	    static createFrom(source: any = {}) {
	        return new Column(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.backend = source["backend"];
	        this.model = source["model"];
	    }
	}
	export class Geometry {
	    width: number;
	    height: number;
	    x: number;
	    y: number;
	    placed: boolean;
	    maximised: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Geometry(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.width = source["width"];
	        this.height = source["height"];
	        this.x = source["x"];
	        this.y = source["y"];
	        this.placed = source["placed"];
	        this.maximised = source["maximised"];
	    }
	}
	
	export class Prompt {
	    id: string;
	    name: string;
	    text: string;
	    system?: string;
	
	    static createFrom(source: any = {}) {
	        return new Prompt(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.name = source["name"];
	        this.text = source["text"];
	        this.system = source["system"];
	    }
	}
	export class Recording {
	    folder: string;
	    noVideo: boolean;
	    noFrames: boolean;
	    noAnswers: boolean;
	    preRoll: number;
	    segmentMB: number;
	    limitGB: number;
	
	    static createFrom(source: any = {}) {
	        return new Recording(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.folder = source["folder"];
	        this.noVideo = source["noVideo"];
	        this.noFrames = source["noFrames"];
	        this.noAnswers = source["noAnswers"];
	        this.preRoll = source["preRoll"];
	        this.segmentMB = source["segmentMB"];
	        this.limitGB = source["limitGB"];
	    }
	}
	export class Settings {
	    version: number;
	    theme: string;
	    again: string;
	    backends: Backend[];
	    prompts: Prompt[];
	    times: TimeLimits;
	    private: string[];
	    recording: Recording;
	
	    static createFrom(source: any = {}) {
	        return new Settings(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.version = source["version"];
	        this.theme = source["theme"];
	        this.again = source["again"];
	        this.backends = this.convertValues(source["backends"], Backend);
	        this.prompts = this.convertValues(source["prompts"], Prompt);
	        this.times = this.convertValues(source["times"], TimeLimits);
	        this.private = source["private"];
	        this.recording = this.convertValues(source["recording"], Recording);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	export class Window {
	    version: number;
	    id: string;
	    source: string;
	    cameraOn: boolean;
	    backend: string;
	    model: string;
	    compare?: Column[];
	    prompt: string;
	    system: string;
	    pace: string;
	    asking: boolean;
	    maxTokens: number;
	    temperature?: number;
	    imageEdge: number;
	    imageQuality: number;
	    mirror: boolean;
	    overlay: string;
	    geometry: Geometry;
	
	    static createFrom(source: any = {}) {
	        return new Window(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.version = source["version"];
	        this.id = source["id"];
	        this.source = source["source"];
	        this.cameraOn = source["cameraOn"];
	        this.backend = source["backend"];
	        this.model = source["model"];
	        this.compare = this.convertValues(source["compare"], Column);
	        this.prompt = source["prompt"];
	        this.system = source["system"];
	        this.pace = source["pace"];
	        this.asking = source["asking"];
	        this.maxTokens = source["maxTokens"];
	        this.temperature = source["temperature"];
	        this.imageEdge = source["imageEdge"];
	        this.imageQuality = source["imageQuality"];
	        this.mirror = source["mirror"];
	        this.overlay = source["overlay"];
	        this.geometry = this.convertValues(source["geometry"], Geometry);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}

}

export namespace sight {
	
	export class Counts {
	    captured: number;
	    sampled: number;
	    answered: number;
	    superseded: number;
	    unchanged: number;
	    failed: number;
	    cancelled: number;
	
	    static createFrom(source: any = {}) {
	        return new Counts(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.captured = source["captured"];
	        this.sampled = source["sampled"];
	        this.answered = source["answered"];
	        this.superseded = source["superseded"];
	        this.unchanged = source["unchanged"];
	        this.failed = source["failed"];
	        this.cancelled = source["cancelled"];
	    }
	}
	export class Exchange {
	    URL: string;
	    Status: number;
	    Request: string;
	    Response: string;
	
	    static createFrom(source: any = {}) {
	        return new Exchange(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.URL = source["URL"];
	        this.Status = source["Status"];
	        this.Request = source["Request"];
	        this.Response = source["Response"];
	    }
	}
	export class LineError {
	    code: string;
	    message: string;
	    hint?: string;
	
	    static createFrom(source: any = {}) {
	        return new LineError(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.code = source["code"];
	        this.message = source["message"];
	        this.hint = source["hint"];
	    }
	}

}

export namespace stats {
	
	export class Memory {
	    used: number;
	    total: number;
	
	    static createFrom(source: any = {}) {
	        return new Memory(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.used = source["used"];
	        this.total = source["total"];
	    }
	}
	export class GPU {
	    index: number;
	    name: string;
	    utilisation?: number;
	    memory?: Memory;
	    temperature?: number;
	    power?: number;
	
	    static createFrom(source: any = {}) {
	        return new GPU(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.index = source["index"];
	        this.name = source["name"];
	        this.utilisation = source["utilisation"];
	        this.memory = this.convertValues(source["memory"], Memory);
	        this.temperature = source["temperature"];
	        this.power = source["power"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	export class Snapshot {
	    gpus: GPU[];
	    cpu?: number;
	    memory?: Memory;
	
	    static createFrom(source: any = {}) {
	        return new Snapshot(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.gpus = this.convertValues(source["gpus"], GPU);
	        this.cpu = source["cpu"];
	        this.memory = this.convertValues(source["memory"], Memory);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}

}

export namespace view {
	
	export class Asking {
	    on: boolean;
	    inFlight: number;
	    waiting: boolean;
	    retryAtMs: number;
	
	    static createFrom(source: any = {}) {
	        return new Asking(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.on = source["on"];
	        this.inFlight = source["inFlight"];
	        this.waiting = source["waiting"];
	        this.retryAtMs = source["retryAtMs"];
	    }
	}
	export class Replica {
	    host: string;
	    health: string;
	
	    static createFrom(source: any = {}) {
	        return new Replica(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.host = source["host"];
	        this.health = source["health"];
	    }
	}
	export class Backend {
	    id: string;
	    name: string;
	    url: string;
	    model: string;
	    builtin: boolean;
	    public: boolean;
	    health: string;
	    fault?: sight.LineError;
	    replicas: Replica[];
	
	    static createFrom(source: any = {}) {
	        return new Backend(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.name = source["name"];
	        this.url = source["url"];
	        this.model = source["model"];
	        this.builtin = source["builtin"];
	        this.public = source["public"];
	        this.health = source["health"];
	        this.fault = this.convertValues(source["fault"], sight.LineError);
	        this.replicas = this.convertValues(source["replicas"], Replica);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class BackendForm {
	    id: string;
	    name: string;
	    url: string;
	    key: string;
	    forgetKey: boolean;
	    model: string;
	    replicas: string[];
	    inFlight: number;
	    perMinute: number;
	    times: settings.TimeLimits;
	    caFile: string;
	    leaves: string;
	    fallback: string;
	
	    static createFrom(source: any = {}) {
	        return new BackendForm(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.name = source["name"];
	        this.url = source["url"];
	        this.key = source["key"];
	        this.forgetKey = source["forgetKey"];
	        this.model = source["model"];
	        this.replicas = source["replicas"];
	        this.inFlight = source["inFlight"];
	        this.perMinute = source["perMinute"];
	        this.times = this.convertValues(source["times"], settings.TimeLimits);
	        this.caFile = source["caFile"];
	        this.leaves = source["leaves"];
	        this.fallback = source["fallback"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class BackendInfo {
	    url: string;
	    models: string[];
	    public: boolean;
	    hasKey: boolean;
	
	    static createFrom(source: any = {}) {
	        return new BackendInfo(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.url = source["url"];
	        this.models = source["models"];
	        this.public = source["public"];
	        this.hasKey = source["hasKey"];
	    }
	}
	export class Before {
	    backend: string;
	    model: string;
	    prompt: string;
	    text: string;
	    atMs: number;
	    exact: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Before(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.backend = source["backend"];
	        this.model = source["model"];
	        this.prompt = source["prompt"];
	        this.text = source["text"];
	        this.atMs = source["atMs"];
	        this.exact = source["exact"];
	    }
	}
	export class Choices {
	    source?: string;
	    cameraOn?: boolean;
	    backend?: string;
	    model?: string;
	    compare?: settings.Column[];
	    prompt?: string;
	    system?: string;
	    pace?: string;
	    maxTokens?: number;
	    temperature?: number;
	    imageEdge?: number;
	    imageQuality?: number;
	    mirror?: boolean;
	    overlay?: string;
	
	    static createFrom(source: any = {}) {
	        return new Choices(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.source = source["source"];
	        this.cameraOn = source["cameraOn"];
	        this.backend = source["backend"];
	        this.model = source["model"];
	        this.compare = this.convertValues(source["compare"], settings.Column);
	        this.prompt = source["prompt"];
	        this.system = source["system"];
	        this.pace = source["pace"];
	        this.maxTokens = source["maxTokens"];
	        this.temperature = source["temperature"];
	        this.imageEdge = source["imageEdge"];
	        this.imageQuality = source["imageQuality"];
	        this.mirror = source["mirror"];
	        this.overlay = source["overlay"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class FoundServer {
	    name: string;
	    url: string;
	    models: string[];
	
	    static createFrom(source: any = {}) {
	        return new FoundServer(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.url = source["url"];
	        this.models = source["models"];
	    }
	}
	export class Notice {
	    code: string;
	    message: string;
	    hint: string;
	
	    static createFrom(source: any = {}) {
	        return new Notice(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.code = source["code"];
	        this.message = source["message"];
	        this.hint = source["hint"];
	    }
	}
	export class Recording {
	    on: boolean;
	    id: string;
	    sinceMs: number;
	    bytes: number;
	    answers: number;
	    missed: number;
	    lowDisk: boolean;
	    preRollMs: number;
	    preRollBytes: number;
	
	    static createFrom(source: any = {}) {
	        return new Recording(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.on = source["on"];
	        this.id = source["id"];
	        this.sinceMs = source["sinceMs"];
	        this.bytes = source["bytes"];
	        this.answers = source["answers"];
	        this.missed = source["missed"];
	        this.lowDisk = source["lowDisk"];
	        this.preRollMs = source["preRollMs"];
	        this.preRollBytes = source["preRollBytes"];
	    }
	}
	
	export class Row {
	    session: string;
	    seq: number;
	    group?: number;
	    frame: number;
	    outcome: string;
	    captured: string;
	    age_ms?: number;
	    first_token_ms?: number;
	    total_ms?: number;
	    backend?: string;
	    replica?: string;
	    instead_of?: string;
	    model?: string;
	    text?: string;
	    prompt_tokens?: number;
	    completion_tokens?: number;
	    tokens_per_s?: number;
	    // Go type: sight
	    image?: any;
	    error?: sight.LineError;
	    thinking?: string;
	    cut?: boolean;
	    limited?: boolean;
	    // Go type: sight
	    replayed?: any;
	    prompt: string;
	    column: number;
	    atMs: number;
	    pending: boolean;
	    thumb: string;
	    picture: string;
	    raw: boolean;
	    before?: Before;
	
	    static createFrom(source: any = {}) {
	        return new Row(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.session = source["session"];
	        this.seq = source["seq"];
	        this.group = source["group"];
	        this.frame = source["frame"];
	        this.outcome = source["outcome"];
	        this.captured = source["captured"];
	        this.age_ms = source["age_ms"];
	        this.first_token_ms = source["first_token_ms"];
	        this.total_ms = source["total_ms"];
	        this.backend = source["backend"];
	        this.replica = source["replica"];
	        this.instead_of = source["instead_of"];
	        this.model = source["model"];
	        this.text = source["text"];
	        this.prompt_tokens = source["prompt_tokens"];
	        this.completion_tokens = source["completion_tokens"];
	        this.tokens_per_s = source["tokens_per_s"];
	        this.image = this.convertValues(source["image"], null);
	        this.error = this.convertValues(source["error"], sight.LineError);
	        this.thinking = source["thinking"];
	        this.cut = source["cut"];
	        this.limited = source["limited"];
	        this.replayed = this.convertValues(source["replayed"], null);
	        this.prompt = source["prompt"];
	        this.column = source["column"];
	        this.atMs = source["atMs"];
	        this.pending = source["pending"];
	        this.thumb = source["thumb"];
	        this.picture = source["picture"];
	        this.raw = source["raw"];
	        this.before = this.convertValues(source["before"], Before);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Source {
	    uri: string;
	    name: string;
	    kind: string;
	    state: string;
	    width: number;
	    height: number;
	    fps: number;
	    fault?: sight.LineError;
	    chosen: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Source(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.uri = source["uri"];
	        this.name = source["name"];
	        this.kind = source["kind"];
	        this.state = source["state"];
	        this.width = source["width"];
	        this.height = source["height"];
	        this.fps = source["fps"];
	        this.fault = this.convertValues(source["fault"], sight.LineError);
	        this.chosen = source["chosen"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Snapshot {
	    n: number;
	    session: string;
	    version: string;
	    window: settings.Window;
	    settings: settings.Settings;
	    presets: settings.Prompt[];
	    source: Source;
	    backend: Backend;
	    others: Backend[];
	    asking: Asking;
	    counts: sight.Counts;
	    recording: Recording;
	    rows: Row[];
	    notices: Notice[];
	    keyring: boolean;
	    firstRun: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Snapshot(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.n = source["n"];
	        this.session = source["session"];
	        this.version = source["version"];
	        this.window = this.convertValues(source["window"], settings.Window);
	        this.settings = this.convertValues(source["settings"], settings.Settings);
	        this.presets = this.convertValues(source["presets"], settings.Prompt);
	        this.source = this.convertValues(source["source"], Source);
	        this.backend = this.convertValues(source["backend"], Backend);
	        this.others = this.convertValues(source["others"], Backend);
	        this.asking = this.convertValues(source["asking"], Asking);
	        this.counts = this.convertValues(source["counts"], sight.Counts);
	        this.recording = this.convertValues(source["recording"], Recording);
	        this.rows = this.convertValues(source["rows"], Row);
	        this.notices = this.convertValues(source["notices"], Notice);
	        this.keyring = source["keyring"];
	        this.firstRun = source["firstRun"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	export class Sources {
	    devices: capture.Device[];
	    fault?: sight.LineError;
	
	    static createFrom(source: any = {}) {
	        return new Sources(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.devices = this.convertValues(source["devices"], capture.Device);
	        this.fault = this.convertValues(source["fault"], sight.LineError);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}

}

