export namespace about {
	
	export class Program {
	    version: string;
	    homepage: string;
	    notice: string;
	    log: string;
	    crash: string;
	
	    static createFrom(source: any = {}) {
	        return new Program(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.version = source["version"];
	        this.homepage = source["homepage"];
	        this.notice = source["notice"];
	        this.log = source["log"];
	        this.crash = source["crash"];
	    }
	}

}

export namespace capture {
	
	export class Mode {
	    uri: string;
	    width: number;
	    height: number;
	    fps?: number;
	    format: string;
	
	    static createFrom(source: any = {}) {
	        return new Mode(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.uri = source["uri"];
	        this.width = source["width"];
	        this.height = source["height"];
	        this.fps = source["fps"];
	        this.format = source["format"];
	    }
	}
	export class Device {
	    uri: string;
	    name: string;
	    kind: string;
	    detail?: string;
	    modes?: Mode[];
	
	    static createFrom(source: any = {}) {
	        return new Device(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.uri = source["uri"];
	        this.name = source["name"];
	        this.kind = source["kind"];
	        this.detail = source["detail"];
	        this.modes = this.convertValues(source["modes"], Mode);
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

export namespace gpu {
	
	export class Instance {
	    id: string;
	    name: string;
	    memory?: Memory;
	
	    static createFrom(source: any = {}) {
	        return new Instance(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.name = source["name"];
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
	export class Process {
	    pid: number;
	    name: string;
	    kind: string;
	    memory?: number;
	
	    static createFrom(source: any = {}) {
	        return new Process(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.pid = source["pid"];
	        this.name = source["name"];
	        this.kind = source["kind"];
	        this.memory = source["memory"];
	    }
	}
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
	    id: string;
	    index: number;
	    name: string;
	    vendor: string;
	    kind: string;
	    utilisation?: number;
	    memory?: Memory;
	    temperature?: number;
	    power?: number;
	    powerLimit?: number;
	    energy?: number;
	    encoder?: number;
	    decoder?: number;
	    graphicsClock?: number;
	    memoryClock?: number;
	    throttled: string[];
	    processes: Process[];
	    instances: Instance[];
	
	    static createFrom(source: any = {}) {
	        return new GPU(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.index = source["index"];
	        this.name = source["name"];
	        this.vendor = source["vendor"];
	        this.kind = source["kind"];
	        this.utilisation = source["utilisation"];
	        this.memory = this.convertValues(source["memory"], Memory);
	        this.temperature = source["temperature"];
	        this.power = source["power"];
	        this.powerLimit = source["powerLimit"];
	        this.energy = source["energy"];
	        this.encoder = source["encoder"];
	        this.decoder = source["decoder"];
	        this.graphicsClock = source["graphicsClock"];
	        this.memoryClock = source["memoryClock"];
	        this.throttled = source["throttled"];
	        this.processes = this.convertValues(source["processes"], Process);
	        this.instances = this.convertValues(source["instances"], Instance);
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

export namespace load {
	
	export class Model {
	    name: string;
	    memory?: number;
	    gpuMemory?: number;
	
	    static createFrom(source: any = {}) {
	        return new Model(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.memory = source["memory"];
	        this.gpuMemory = source["gpuMemory"];
	    }
	}
	export class Load {
	    server: string;
	    host: string;
	    running?: number;
	    waiting?: number;
	    cache?: number;
	    promptRate?: number;
	    generationRate?: number;
	    models: Model[];
	
	    static createFrom(source: any = {}) {
	        return new Load(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.server = source["server"];
	        this.host = source["host"];
	        this.running = source["running"];
	        this.waiting = source["waiting"];
	        this.cache = source["cache"];
	        this.promptRate = source["promptRate"];
	        this.generationRate = source["generationRate"];
	        this.models = this.convertValues(source["models"], Model);
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
	export class Gauges {
	    perSecond: number;
	    minutes: number;
	
	    static createFrom(source: any = {}) {
	        return new Gauges(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.perSecond = source["perSecond"];
	        this.minutes = source["minutes"];
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
	export class Metrics {
	    on: boolean;
	    address: string;
	    renewed?: string;
	
	    static createFrom(source: any = {}) {
	        return new Metrics(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.on = source["on"];
	        this.address = source["address"];
	        this.renewed = source["renewed"];
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
	    gauges: Gauges;
	    metrics: Metrics;
	    cameras?: string[];
	    ffmpeg?: string;
	
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
	        this.gauges = this.convertValues(source["gauges"], Gauges);
	        this.metrics = this.convertValues(source["metrics"], Metrics);
	        this.cameras = source["cameras"];
	        this.ffmpeg = source["ffmpeg"];
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
	    rotate: number;
	    mirror: boolean;
	    crop?: sight.Region;
	    boxes: boolean;
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
	        this.rotate = source["rotate"];
	        this.mirror = source["mirror"];
	        this.crop = this.convertValues(source["crop"], sight.Region);
	        this.boxes = source["boxes"];
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
	
	export class Box {
	    label: string;
	    kind: string;
	    score: number;
	    x: number;
	    y: number;
	    w: number;
	    h: number;
	
	    static createFrom(source: any = {}) {
	        return new Box(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.label = source["label"];
	        this.kind = source["kind"];
	        this.score = source["score"];
	        this.x = source["x"];
	        this.y = source["y"];
	        this.w = source["w"];
	        this.h = source["h"];
	    }
	}
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
	export class Region {
	    x: number;
	    y: number;
	    w: number;
	    h: number;
	
	    static createFrom(source: any = {}) {
	        return new Region(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.x = source["x"];
	        this.y = source["y"];
	        this.w = source["w"];
	        this.h = source["h"];
	    }
	}

}

export namespace sources {
	
	export class Address {
	    url: string;
	    user: string;
	    password: string;
	
	    static createFrom(source: any = {}) {
	        return new Address(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.url = source["url"];
	        this.user = source["user"];
	        this.password = source["password"];
	    }
	}
	export class Known {
	    uri: string;
	    name: string;
	    persisted: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Known(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.uri = source["uri"];
	        this.name = source["name"];
	        this.persisted = source["persisted"];
	    }
	}
	export class Listed {
	    devices: capture.Device[];
	    fault?: sight.LineError;
	
	    static createFrom(source: any = {}) {
	        return new Listed(source);
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

export namespace stats {
	
	export class Disk {
	    folder: string;
	    free: number;
	    total: number;
	
	    static createFrom(source: any = {}) {
	        return new Disk(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.folder = source["folder"];
	        this.free = source["free"];
	        this.total = source["total"];
	    }
	}
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
	export class Share {
	    windows: number;
	    processes: number;
	    cpu: number;
	    memory: number;
	
	    static createFrom(source: any = {}) {
	        return new Share(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.windows = source["windows"];
	        this.processes = source["processes"];
	        this.cpu = source["cpu"];
	        this.memory = source["memory"];
	    }
	}
	export class Snapshot {
	    atMs: number;
	    gpus: gpu.GPU[];
	    fault?: sight.LineError;
	    cpu?: number;
	    memory?: Memory;
	    cores: number[];
	    model: string;
	    disk?: Disk;
	    own?: Share;
	    all?: Share;
	
	    static createFrom(source: any = {}) {
	        return new Snapshot(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.atMs = source["atMs"];
	        this.gpus = this.convertValues(source["gpus"], gpu.GPU);
	        this.fault = this.convertValues(source["fault"], sight.LineError);
	        this.cpu = source["cpu"];
	        this.memory = this.convertValues(source["memory"], Memory);
	        this.cores = source["cores"];
	        this.model = source["model"];
	        this.disk = this.convertValues(source["disk"], Disk);
	        this.own = this.convertValues(source["own"], Share);
	        this.all = this.convertValues(source["all"], Share);
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

export namespace tally {
	
	export class Energy {
	    answers: number;
	    shared: number;
	    joules: number;
	    perAnswer?: number;
	    per1000?: number;
	
	    static createFrom(source: any = {}) {
	        return new Energy(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.answers = source["answers"];
	        this.shared = source["shared"];
	        this.joules = source["joules"];
	        this.perAnswer = source["perAnswer"];
	        this.per1000 = source["per1000"];
	    }
	}
	export class Sum {
	    answers: number;
	    total: number;
	    mean: number;
	
	    static createFrom(source: any = {}) {
	        return new Sum(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.answers = source["answers"];
	        this.total = source["total"];
	        this.mean = source["mean"];
	    }
	}
	export class Spread {
	    count: number;
	    last?: number;
	    mean?: number;
	    p50?: number;
	    p95?: number;
	    p99?: number;
	    max?: number;
	
	    static createFrom(source: any = {}) {
	        return new Spread(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.count = source["count"];
	        this.last = source["last"];
	        this.mean = source["mean"];
	        this.p50 = source["p50"];
	        this.p95 = source["p95"];
	        this.p99 = source["p99"];
	        this.max = source["max"];
	    }
	}
	export class Summary {
	    answers: number;
	    failed: number;
	    perMinute?: number;
	    firstToken: Spread;
	    rate: Spread;
	    total: Spread;
	    whole: Spread;
	    age: Spread;
	    promptTokens: Sum;
	    completionTokens: Sum;
	    energy: Energy;
	
	    static createFrom(source: any = {}) {
	        return new Summary(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.answers = source["answers"];
	        this.failed = source["failed"];
	        this.perMinute = source["perMinute"];
	        this.firstToken = this.convertValues(source["firstToken"], Spread);
	        this.rate = this.convertValues(source["rate"], Spread);
	        this.total = this.convertValues(source["total"], Spread);
	        this.whole = this.convertValues(source["whole"], Spread);
	        this.age = this.convertValues(source["age"], Spread);
	        this.promptTokens = this.convertValues(source["promptTokens"], Sum);
	        this.completionTokens = this.convertValues(source["completionTokens"], Sum);
	        this.energy = this.convertValues(source["energy"], Energy);
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
	export class Asker {
	    backend: string;
	    model: string;
	    all: Summary;
	    warm: Summary;
	
	    static createFrom(source: any = {}) {
	        return new Asker(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.backend = source["backend"];
	        this.model = source["model"];
	        this.all = this.convertValues(source["all"], Summary);
	        this.warm = this.convertValues(source["warm"], Summary);
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
	
	export class Entry {
	    n: number;
	    seq: number;
	    asker: number;
	    atMs: number;
	    outcome: string;
	    warmup: boolean;
	    ageMs?: number;
	    firstTokenMs?: number;
	    totalMs?: number;
	    tokensPerS?: number;
	    promptTokens?: number;
	    completionTokens?: number;
	    joules?: number;
	    shared: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Entry(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.n = source["n"];
	        this.seq = source["seq"];
	        this.asker = source["asker"];
	        this.atMs = source["atMs"];
	        this.outcome = source["outcome"];
	        this.warmup = source["warmup"];
	        this.ageMs = source["ageMs"];
	        this.firstTokenMs = source["firstTokenMs"];
	        this.totalMs = source["totalMs"];
	        this.tokensPerS = source["tokensPerS"];
	        this.promptTokens = source["promptTokens"];
	        this.completionTokens = source["completionTokens"];
	        this.joules = source["joules"];
	        this.shared = source["shared"];
	    }
	}
	export class Figures {
	    sinceMs: number;
	    askers: Asker[];
	    entries: Entry[];
	    next: number;
	    lost: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Figures(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.sinceMs = source["sinceMs"];
	        this.askers = this.convertValues(source["askers"], Asker);
	        this.entries = this.convertValues(source["entries"], Entry);
	        this.next = source["next"];
	        this.lost = source["lost"];
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
	    boxes?: sight.Box[];
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
	        this.boxes = this.convertValues(source["boxes"], sight.Box);
	        this.exact = source["exact"];
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
	    overlay?: string;
	    rotate?: number;
	    mirror?: boolean;
	    crop?: sight.Region;
	    boxes?: boolean;
	
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
	        this.overlay = source["overlay"];
	        this.rotate = source["rotate"];
	        this.mirror = source["mirror"];
	        this.crop = this.convertValues(source["crop"], sight.Region);
	        this.boxes = source["boxes"];
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
	export class Metrics {
	    on: boolean;
	    address: string;
	    serving: string;
	    hasToken: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Metrics(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.on = source["on"];
	        this.address = source["address"];
	        this.serving = source["serving"];
	        this.hasToken = source["hasToken"];
	    }
	}
	export class MetricsForm {
	    on: boolean;
	    address: string;
	    token: string;
	
	    static createFrom(source: any = {}) {
	        return new MetricsForm(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.on = source["on"];
	        this.address = source["address"];
	        this.token = source["token"];
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
	    energy_j?: number;
	    energy_shared?: boolean;
	    boxes?: sight.Box[];
	    // Go type: sight
	    image?: any;
	    part?: sight.Region;
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
	        this.energy_j = source["energy_j"];
	        this.energy_shared = source["energy_shared"];
	        this.boxes = this.convertValues(source["boxes"], sight.Box);
	        this.image = this.convertValues(source["image"], null);
	        this.part = this.convertValues(source["part"], sight.Region);
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

}

