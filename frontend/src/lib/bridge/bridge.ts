import type * as wire from './types';

/** A live picture: the JPEG and its number, to ask for a newer one. */
export interface LiveFrame {
  number: string;
  picture: Blob;
}

/** Everything the page can ask of the program. Each call may reject, always with a Fault. */
export interface Bridge {
  snapshot(): Promise<wire.Snapshot>;
  choose(choices: wire.Choices): Promise<wire.WindowChoices>;
  start(): Promise<void>;
  stop(): Promise<void>;
  askNow(): Promise<void>;
  setShown(shown: boolean): Promise<void>;
  /** Notes in the log that the first picture is on the screen. */
  drawn(): Promise<void>;
  newWindow(): Promise<void>;
  /** Another window with the choices of this one. */
  duplicateWindow(): Promise<void>;
  closeWindow(): Promise<void>;
  /** Closes all windows; they come back at the next start. */
  quit(): Promise<void>;
  sources(): Promise<wire.Sources>;
  /** A source URI, or '' when the person changed their mind. */
  pickFolder(): Promise<string>;
  /** Likewise, for a video file. */
  pickVideo(): Promise<string>;
  /** The path of a program, or '' when the person changed their mind. */
  pickProgram(): Promise<string>;
  /** Which ffmpeg decodes video; '' for the one on PATH. */
  setFfmpeg(path: string): Promise<void>;
  /** Keeps the login of a network camera and gives the URI that opens it. */
  saveAddress(address: wire.CameraAddress): Promise<wire.KnownAddress>;
  /** Whether a login is saved for the camera of a URI. */
  hasLogin(uri: string): Promise<boolean>;
  /** No longer lists a network camera, and deletes its login. */
  forgetCamera(uri: string): Promise<void>;
  /** Opens the source anew: from its start what has come to its end, and at once what only a person could mend. */
  reopen(): Promise<void>;
  /** Keeps the picture that is seen as a JPEG and gives its path. */
  savePicture(): Promise<string>;
  /** Shows a kept picture in the system's file manager. */
  revealPicture(path: string): Promise<void>;
  findServers(): Promise<wire.FoundServer[]>;
  /** An empty key means the saved one of that origin. */
  inspectBackend(url: string, key: string, caFile: string): Promise<wire.BackendInfo>;
  saveBackend(form: wire.BackendForm): Promise<wire.SavedBackend>;
  deleteBackend(id: string): Promise<void>;
  /** Looks at a saved backend step by step; each step comes as an event too. */
  examineBackend(id: string, model: string): Promise<wire.Report>;
  /** A file's path, or '' when the person changed their mind. */
  pickCertificate(): Promise<string>;
  /** Whether the pictures of a source are to stay on this network. */
  setPrivate(uri: string, on: boolean): Promise<void>;
  setAgain(mode: wire.Again): Promise<void>;
  savePrompt(prompt: wire.Prompt): Promise<wire.Prompt>;
  deletePrompt(id: string): Promise<void>;
  setTheme(theme: wire.ThemeName): Promise<void>;
  setTimes(times: wire.TimeLimits): Promise<void>;
  exchange(seq: number): Promise<wire.Exchange | null>;
  /** One look at the machine; in detail for somebody who sees the details. */
  stats(details: boolean): Promise<wire.StatsSnapshot>;
  /** What the answers took, with the entries newer than `after` (an earlier `next`; 0: all). */
  figures(after: number): Promise<wire.Figures>;
  /** Counts the figures anew. */
  startOver(): Promise<void>;
  /** What the servers that are asked tell of their own work; empty where they tell nothing. */
  loads(): Promise<wire.Load[]>;
  /** Writes the figures as CSV where the person says, without the answers that warmed up where `warm`; false when they changed their mind. */
  exportFigures(name: string, warm: boolean): Promise<boolean>;
  setGauges(settings: wire.GaugesSettings): Promise<void>;
  metrics(): Promise<wire.MetricsState>;
  setMetrics(form: wire.MetricsForm): Promise<wire.MetricsState>;
  program(): Promise<wire.Program>;
  /** What helps others to find a fault, without secrets; `webview` is what the page knows of its browser. */
  diagnostics(webview: string): Promise<string>;
  openLink(url: string): Promise<void>;
  copy(text: string): Promise<void>;
  setFullscreen(on: boolean): Promise<void>;
  /** Begins or ends the recording of this window's session. */
  record(on: boolean): Promise<void>;
  setRecording(settings: wire.RecordingSettings): Promise<void>;
  /** A folder's path, or '' when the person changed their mind. */
  pickRecordings(): Promise<string>;

  /** All recordings, newest first. */
  recordings(): Promise<wire.Shelf>;
  recording(id: string): Promise<wire.Recording>;
  /** The lines of a recording's answers, in order. */
  entries(id: string, signal: AbortSignal): Promise<wire.Entry[]>;
  /** Answers that have the words; `recording` is an id, or '' for all. */
  search(words: string, recording: string): Promise<wire.Hit[]>;
  renameRecording(id: string, title: string): Promise<wire.Recording>;
  keepRecording(id: string, keep: boolean): Promise<wire.Recording>;
  /** To the trash. */
  deleteRecording(id: string): Promise<void>;
  revealRecording(id: string): Promise<void>;
  /** Lets the person choose a recording's folder and copies it to the others; null when they changed their mind. */
  importRecording(): Promise<wire.Recording | null>;
  /** Lets the person choose a file; '' when they changed their mind. */
  pickExport(name: string): Promise<string>;
  exportRecording(form: wire.ExportForm): Promise<wire.Exported>;
  /** Where the video of recordings is served: BASE/ID/N.mp4. */
  player(): Promise<string>;
  /** The URL of a picture of a recording, as an entry names it. */
  recordedPicture(id: string, picture: string): string;
  /** The next picture newer than `after`, null when none came in time. */
  nextFrame(after: string, edge: number, signal: AbortSignal): Promise<LiveFrame | null>;
  /** Calls fn with each batch of events until the returned function is called. */
  onEvents(fn: (events: wire.SightlineEvent[]) => void): () => void;
}
