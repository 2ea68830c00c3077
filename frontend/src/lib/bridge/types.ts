// The words of the wire, named as the program's JSON names them. What is not known is absent or null, never 0.

import type { GaugesSettings, MetricsSettings } from './types-gauges';

export type * from './types-gauges';

/** Why something is not as it should be, for a person: one sentence, and the next step. */
export interface LineError {
  code: string;
  message: string;
  hint?: string;
}

export interface Line {
  session: string;
  seq: number;
  /** The same in all lines about one frame, where backends are compared. */
  group?: number;
  frame: number;
  outcome: '' | 'answered' | 'superseded' | 'unchanged' | 'failed' | 'cancelled';
  captured: string;
  age_ms?: number;
  first_token_ms?: number;
  total_ms?: number;
  backend?: string;
  /** Host of the server that answered, where the backend has several. */
  replica?: string;
  /** The backend that was asked, where another one stood in for it. */
  instead_of?: string;
  model?: string;
  text?: string;
  prompt_tokens?: number;
  completion_tokens?: number;
  tokens_per_s?: number;
  /** What the GPUs of this machine took meanwhile, J. */
  energy_j?: number;
  /** And others used them as well. */
  energy_shared?: boolean;
  /** What was found where in the picture. */
  boxes?: Box[];
  image?: { width: number; height: number; bytes: number };
  /** The part of the captured picture that was asked about; absent: all of it. */
  part?: Region;
  error?: LineError;
  thinking?: string;
  cut?: boolean;
  limited?: boolean;
  /** Where the frame comes from, when it was recorded before. */
  replayed?: { recording: string; at_ms: number };
}

/** One answer, failed question, or question in flight. */
export interface Row extends Line {
  prompt: string;
  /** Which of the compared backends, from 0. */
  column: number;
  atMs: number;
  pending: boolean;
  thumb: string;
  picture: string;
  raw: boolean;
  /** What was answered about this moment when it was recorded. */
  before?: Before;
}

/** An answer in a recording that is being replayed. */
export interface Before {
  backend: string;
  model: string;
  prompt: string;
  text: string;
  /** Milliseconds since the recording's start. */
  atMs: number;
  /** What was found where. */
  boxes?: Box[];
  /** About the very same picture; otherwise about the last one asked before it. */
  exact: boolean;
}

/** What is being recorded of this window's session. */
export interface RecordingState {
  on: boolean;
  id: string;
  sinceMs: number;
  bytes: number;
  /** Outcomes that are on disk, beyond loss. */
  answers: number;
  missed: number;
  /** Less than a gigabyte is left. */
  lowDisk: boolean;
  preRollMs: number;
  preRollBytes: number;
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
  /** Its servers, where it has several. */
  replicas: Replica[] | null;
}

/** One of a backend's servers. */
export interface Replica {
  host: string;
  health: 'unknown' | 'well' | 'resting' | 'out';
}

export interface Asking {
  on: boolean;
  inFlight: number;
  /** For room at the backend, whose limit other windows use up. */
  waiting: boolean;
  retryAtMs: number;
}

/** A step of the examination of a backend. */
export interface Check {
  name: string;
  ok: boolean;
  ms: number;
  found?: string;
  error?: LineError;
}

export interface Report {
  ok: boolean;
  checks: Check[] | null;
}

export interface Notice {
  code: string;
  message: string;
  hint: string;
}

/** What this program is. */
export interface Program {
  version: string;
  /** Of who hands it out; empty: there is none. */
  homepage: string;
  /** Whose work it is made of. */
  notice: string;
  /** Where the log lies. */
  log: string;
  /** Where the newest report of a crash lies; empty: there is none. */
  crash: string;
}

export type ThemeName = 'auto' | 'light' | 'dark';
export type OverlayPlace = 'off' | 'top' | 'bottom';

/** What starting Sightline again does while it runs. */
export type Again = 'new' | 'raise';
/** Whether pictures leave this network; empty: told by the address. */
export type Leaves = '' | 'yes' | 'no';

/** What a model was seen to do. */
export interface Profile {
  sees?: '' | 'yes' | 'no';
  streams?: boolean;
  json?: boolean;
  firstTokenMs?: number;
  tokensPerS?: number;
  checked?: string;
}

export interface SavedBackend {
  id: string;
  name: string;
  url: string;
  replicas?: string[];
  model?: string;
  inFlight?: number;
  perMinute?: number;
  times?: TimeLimits;
  caFile?: string;
  leaves?: Leaves;
  fallback?: string;
  profiles?: Record<string, Profile>;
}

/** One more asker of a window that compares. */
export interface Column {
  backend: string;
  model: string;
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
  again: Again;
  backends: SavedBackend[] | null;
  prompts: Prompt[] | null;
  times: TimeLimits;
  /** Source URIs whose pictures never leave this network. */
  private: string[] | null;
  recording: RecordingSettings;
  gauges: GaugesSettings;
  metrics: MetricsSettings;
  /** Addresses of network cameras that were watched, newest first. */
  cameras?: string[];
  /** The program that decodes video; absent: the one on PATH. */
  ffmpeg?: string;
}

/** This window's own choices. */
export interface WindowChoices {
  version: number;
  id: string;
  source: string;
  cameraOn: boolean;
  backend: string;
  model: string;
  /** Who is asked beside the backend about the same frames. */
  compare?: Column[];
  prompt: string;
  system: string;
  pace: string;
  asking: boolean;
  maxTokens: number;
  temperature?: number;
  imageEdge: number;
  imageQuality: number;
  /** Degrees clockwise: 0, 90, 180 or 270. */
  rotate: number;
  /** Left and right are exchanged, after it was rotated. */
  mirror: boolean;
  /** The part that is asked about, of the picture as it is seen; absent: all of it. A choice without width takes it away. */
  crop?: Region;
  /** What an answer found is framed in the picture. */
  boxes: boolean;
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
  /** Those compared with it, in the order of the window's choice. */
  others: Backend[] | null;
  asking: Asking;
  counts: Counts;
  recording: RecordingState;
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
  | { kind: 'others'; others?: Backend[] }
  | { kind: 'asking'; asking: Asking }
  | { kind: 'counts'; counts: Counts }
  | { kind: 'recording'; recording: RecordingState }
  | { kind: 'window'; window: WindowChoices }
  | { kind: 'settings'; settings: Settings }
  | { kind: 'notice'; notice: Notice }
  | { kind: 'check'; check: Check & { backend: string } }
);

export interface BackendForm {
  id: string;
  name: string;
  url: string;
  key: string;
  forgetKey: boolean;
  model: string;
  replicas: string[];
  inFlight: number;
  perMinute: number;
  times: TimeLimits;
  caFile: string;
  leaves: Leaves;
  fallback: string;
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
  /** Where it is, when several have its name. */
  detail?: string;
  /** The sizes and rates it offers, the preferred one first. */
  modes?: Mode[];
}

/** A size and a rate in which a device can deliver. */
export interface Mode {
  /** Opens the device in this mode. */
  uri: string;
  width: number;
  height: number;
  fps?: number;
  format: string;
}

/** A part of a picture, in fractions of its width and height from its upper left corner. */
export interface Region {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** One thing that was found in the picture asked about. */
export interface Box extends Region {
  /** For text the text itself. */
  label: string;
  kind: 'thing' | 'text';
  /** 0 to 1. */
  score: number;
}

/** A network camera as a person typed it, with the login where it needs one. */
export interface CameraAddress {
  /** May hold user and password: the program takes them out of it. */
  url: string;
  user: string;
  /** Empty: the saved one. */
  password: string;
}

/** An address as it can be chosen. */
export interface KnownAddress {
  uri: string;
  name: string;
  /** The login outlives this run, or there is none. */
  persisted: boolean;
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

/** A recording on the shelf. */
export interface Recording {
  id: string;
  /** Empty: its source's name stands for it. */
  title: string;
  dir: string;
  state: 'recording' | 'complete' | 'cut short';
  /** Being recorded now. */
  busy: boolean;
  keep: boolean;
  startedMs: number;
  lengthMs: number;
  bytes: number;
  source: string;
  kind: string;
  askers: { backend: string; model: string }[] | null;
  prompt: string;
  pace: string;
  /** There is some to play. */
  video: boolean;
  parts: ('video' | 'frames' | 'answers')[] | null;
  version: string;
  segments: Segment[] | null;
  outcomes: { answered: number; superseded: number; unchanged: number; failed: number; cancelled: number };
  reason: LineError | null;
  thumb: string;
}

/** A piece of a recording's video, played from BASE/ID/N.mp4. */
export interface Segment {
  startMs: number;
  lengthMs: number;
  width: number;
  height: number;
}

export interface Shelf {
  recordings: Recording[] | null;
  folder: string;
  bytes: number;
  free: number;
  limit: number;
}

/** A line of a recording's answers.jsonl. */
export interface Entry extends Line {
  at_ms: number;
  prompt?: string;
  system?: string;
  /** The very picture, within the folder. */
  picture?: string;
}

/** An answer that has the words looked for. */
export interface Hit {
  recording: string;
  title: string;
  startedMs: number;
  atMs: number;
  seq: number;
  backend: string;
  model: string;
  pieces: { text: string; found: boolean }[] | null;
  picture: string;
}

export type ExportFormat = 'csv' | 'jsonl' | 'md' | 'mp4' | 'vtt';

export interface ExportForm {
  id: string;
  format: ExportFormat;
  to: string;
  fromMs: number;
  /** 0: to the end. */
  toMs: number;
}

export interface Exported {
  files: string[] | null;
  note: string;
}

/** How recordings are made, for all windows. */
export interface RecordingSettings {
  /** Empty: the videos folder of this person. */
  folder: string;
  noVideo: boolean;
  noFrames: boolean;
  noAnswers: boolean;
  /** Seconds kept in memory before Record is pressed; 0: none. */
  preRoll: number;
  /** Megabytes after which a new file of video begins; 0: no such limit. */
  segmentMB: number;
  /** Gigabytes of all recordings together, beyond which the oldest go; 0: no limit. */
  limitGB: number;
}
