// The words of the wire, named as the program's JSON names them. What is not known is absent or null, never 0.

/** Why something is not as it should be, for a person: one sentence, and the next step. */
export interface LineError {
  code: string;
  message: string;
  hint?: string;
}

export interface Line {
  session: string;
  seq: number;
  frame: number;
  outcome: '' | 'answered' | 'superseded' | 'unchanged' | 'failed' | 'cancelled';
  captured: string;
  age_ms?: number;
  first_token_ms?: number;
  total_ms?: number;
  backend?: string;
  model?: string;
  text?: string;
  prompt_tokens?: number;
  completion_tokens?: number;
  tokens_per_s?: number;
  image?: { width: number; height: number; bytes: number };
  error?: LineError;
  thinking?: string;
  cut?: boolean;
  limited?: boolean;
}

/** One answer, failed question, or question in flight. */
export interface Row extends Line {
  prompt: string;
  atMs: number;
  pending: boolean;
  thumb: string;
  picture: string;
  raw: boolean;
}

export interface Counts {
  captured: number;
  sampled: number;
  answered: number;
  superseded: number;
  unchanged: number;
  failed: number;
  cancelled: number;
}

export interface Source {
  uri: string;
  name: string;
  kind: string;
  state: 'off' | 'opening' | 'live' | 'lost';
  width: number;
  height: number;
  fps: number;
  fault: LineError | null;
  chosen: boolean;
}

export interface Backend {
  id: string;
  name: string;
  url: string;
  model: string;
  builtin: boolean;
  public: boolean;
  health: 'unknown' | 'well' | 'slow' | 'out';
  fault: LineError | null;
}

export interface Asking {
  on: boolean;
  inFlight: number;
  retryAtMs: number;
}

export interface Notice {
  code: string;
  message: string;
  hint: string;
}

export type ThemeName = 'auto' | 'light' | 'dark';
export type OverlayPlace = 'off' | 'top' | 'bottom';

export interface SavedBackend {
  id: string;
  name: string;
  url: string;
  model?: string;
}

export interface Prompt {
  id: string;
  name: string;
  text: string;
  system?: string;
}

/** Seconds; absent or 0 is the program's default. */
export interface TimeLimits {
  connect?: number;
  firstToken?: number;
  betweenTokens?: number;
  total?: number;
}

export interface Settings {
  version: number;
  theme: ThemeName;
  backends: SavedBackend[] | null;
  prompts: Prompt[] | null;
  times: TimeLimits;
}

/** This window's own choices. */
export interface WindowChoices {
  version: number;
  id: string;
  source: string;
  cameraOn: boolean;
  backend: string;
  model: string;
  prompt: string;
  system: string;
  pace: string;
  asking: boolean;
  maxTokens: number;
  temperature?: number;
  imageEdge: number;
  imageQuality: number;
  mirror: boolean;
  overlay: OverlayPlace;
}

/** What is to change; absent fields stay. A negative temperature is the server's own. */
export type Choices = Partial<Omit<WindowChoices, 'version' | 'id' | 'asking'>>;

export interface Snapshot {
  n: number;
  session: string;
  version: string;
  window: WindowChoices;
  settings: Settings;
  presets: Prompt[] | null;
  source: Source;
  backend: Backend;
  asking: Asking;
  counts: Counts;
  rows: Row[] | null;
  notices: Notice[] | null;
  keyring: boolean;
  firstRun: boolean;
}

/** A numbered change; exactly the fields of its kind are set. */
export type SightlineEvent = { n: number } & (
  | { kind: 'row'; row: Row }
  | { kind: 'text'; seq: number; text?: string; thinking?: string }
  | { kind: 'source'; source: Source }
  | { kind: 'backend'; backend: Backend }
  | { kind: 'asking'; asking: Asking }
  | { kind: 'counts'; counts: Counts }
  | { kind: 'window'; window: WindowChoices }
  | { kind: 'settings'; settings: Settings }
  | { kind: 'notice'; notice: Notice }
);

export interface BackendForm {
  id: string;
  name: string;
  url: string;
  key: string;
  forgetKey: boolean;
  model: string;
}

export interface BackendInfo {
  url: string;
  models: string[] | null;
  public: boolean;
  hasKey: boolean;
}

export interface FoundServer {
  name: string;
  url: string;
  models: string[] | null;
}

export interface Device {
  uri: string;
  name: string;
  kind: string;
}

export interface Sources {
  devices: Device[] | null;
  fault: LineError | null;
}

/** The raw talk with a server, the picture replaced by its size. */
export interface Exchange {
  URL: string;
  Status: number;
  Request: string;
  Response: string;
}

export interface MemoryUse {
  used: number;
  total: number;
}

export interface Gpu {
  index: number;
  name: string;
  utilisation: number | null;
  memory: MemoryUse | null;
  temperature: number | null;
  power: number | null;
}

export interface StatsSnapshot {
  gpus: Gpu[] | null;
  cpu: number | null;
  memory: MemoryUse | null;
}
