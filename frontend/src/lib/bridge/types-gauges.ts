// The words of the wire for gauges and figures. What is not known, or was not asked for, is null.
import type { LineError } from './types';

/** Bytes. */
export interface MemoryUse {
  used: number;
  total: number;
}

/** One GPU at one moment. */
export interface Gpu {
  id: string;
  index: number;
  name: string;
  vendor: 'nvidia' | 'amd';
  /** "mig": split into instances; "vgpu": a share of a GPU, seen from inside a virtual machine. */
  kind: 'gpu' | 'mig' | 'vgpu';
  /** Percent, averaged since the last look where the driver can. */
  utilisation: number | null;
  memory: MemoryUse | null;
  /** °C */
  temperature: number | null;
  /** W */
  power: number | null;
  powerLimit: number | null;
  /** J since the driver was loaded. */
  energy: number | null;
  /** Percent. This and what follows only in detail. */
  encoder: number | null;
  decoder: number | null;
  /** MHz */
  graphicsClock: number | null;
  memoryClock: number | null;
  /** Why it is slower than it could be; empty: it is not. */
  throttled: ('power' | 'heat' | 'hardware' | 'sync' | 'set')[] | null;
  /** Null: the driver does not tell. */
  processes: GpuProcess[] | null;
  instances: GpuInstance[] | null;
}

export interface GpuProcess {
  pid: number;
  /** Empty: not known. */
  name: string;
  kind: 'compute' | 'graphics';
  /** Bytes. */
  memory: number | null;
}

export interface GpuInstance {
  id: string;
  name: string;
  memory: MemoryUse | null;
}

/** One look at the machine. */
export interface StatsSnapshot {
  atMs: number;
  gpus: Gpu[] | null;
  /** A GPU's driver does not answer. */
  fault: LineError | null;
  /** Percent of the whole machine. */
  cpu: number | null;
  memory: MemoryUse | null;
  /** Percent of each logical core. This and what follows only in detail. */
  cores: number[] | null;
  /** Of the processor. */
  model: string;
  disk: DiskUse | null;
  /** What this window takes, its webview included. */
  own: Share | null;
  /** What every window of this person takes together. */
  all: Share | null;
}

/** The disk that holds the recordings, in bytes. */
export interface DiskUse {
  folder: string;
  free: number;
  total: number;
}

export interface Share {
  windows: number;
  processes: number;
  /** Percent of one core. */
  cpu: number;
  /** Bytes. */
  memory: number;
}

/** What a server tells of its own work. */
export interface Load {
  server: string;
  host: string;
  /** Requests. */
  running: number | null;
  waiting: number | null;
  /** Percent of the key-value cache in use. */
  cache: number | null;
  /** Tokens a second since the look before. */
  promptRate: number | null;
  generationRate: number | null;
  models: LoadedModel[] | null;
}

/** A model that a server has in memory. */
export interface LoadedModel {
  name: string;
  /** Bytes. */
  memory: number | null;
  /** Of them, bytes on GPUs. */
  gpuMemory: number | null;
}

/** What this session's answers took. */
export interface Figures {
  sinceMs: number;
  askers: AskerFigures[] | null;
  /** Newer than those the caller has, oldest first. */
  entries: FigureEntry[] | null;
  next: number;
  /** The caller's entries are not continued: these are all there are. */
  lost: boolean;
}

/** One who is asked: a backend with a model. */
export interface AskerFigures {
  backend: string;
  model: string;
  all: Summary;
  /** Without the answers that warmed it up. */
  warm: Summary;
}

/** Times are milliseconds, rates are tokens a second. */
export interface Summary {
  answers: number;
  failed: number;
  perMinute: number | null;
  /** Sent → first visible text. */
  firstToken: Spread;
  /** Tokens a second after the first. */
  rate: Spread;
  /** Sent → end. */
  total: Spread;
  /** Capture → end. */
  whole: Spread;
  /** Capture → sent. */
  age: Spread;
  promptTokens: Sum;
  completionTokens: Sum;
  energy: EnergyFigures;
}

export interface Spread {
  count: number;
  last: number | null;
  mean: number | null;
  p50: number | null;
  p95: number | null;
  p99: number | null;
  max: number | null;
}

export interface Sum {
  /** Answers that tell it. */
  answers: number;
  total: number;
  mean: number;
}

/** What answers cost on this machine's GPUs. */
export interface EnergyFigures {
  /** Whose cost is known. */
  answers: number;
  /** Of them, those during which others used a GPU as well. */
  shared: number;
  /** Together. */
  joules: number;
  perAnswer: number | null;
  /** For 1000 completion tokens. */
  per1000: number | null;
}

/** One question that was sent, without its words. */
export interface FigureEntry {
  n: number;
  seq: number;
  /** Its place in Figures.askers. */
  asker: number;
  /** When its frame was captured, Unix milliseconds. */
  atMs: number;
  outcome: 'answered' | 'failed';
  warmup: boolean;
  ageMs: number | null;
  firstTokenMs: number | null;
  totalMs: number | null;
  tokensPerS: number | null;
  promptTokens: number | null;
  completionTokens: number | null;
  joules: number | null;
  shared: boolean;
}

/** How often the machine is looked at, and how far back is remembered; 0 is the program's own: 2 a second, 5 minutes. */
export interface GaugesSettings {
  perSecond: number;
  minutes: number;
}

/** What is told to Prometheus. */
export interface MetricsSettings {
  on: boolean;
  /** HOST:PORT; empty: 127.0.0.1:9717. */
  address: string;
  /** When its token was last changed. */
  renewed?: string;
}

/** What is told to Prometheus, as the settings show it. */
export interface MetricsState {
  on: boolean;
  address: string;
  /** The address that holds. */
  serving: string;
  hasToken: boolean;
}

export interface MetricsForm {
  on: boolean;
  address: string;
  /** Empty: the one that is kept. */
  token: string;
}
