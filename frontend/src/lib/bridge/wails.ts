import * as Gauges from '../../../wailsjs/go/gauges/Gauges';
import * as About from '../../../wailsjs/go/about/About';
import * as Library from '../../../wailsjs/go/library/Library';
import * as Sources from '../../../wailsjs/go/sources/Sources';
import * as App from '../../../wailsjs/go/main/App';
import { ClipboardSetText, EventsOn, WindowFullscreen, WindowUnfullscreen } from '../../../wailsjs/runtime/runtime';
import type { Bridge } from './bridge';
import { Fault } from './fault';
import { fetchFrame } from './frames';
import { fetchEntries, pictureUrl } from './recorded';
import type { FoundServer, Hit, Load, SightlineEvent } from './types';

declare global {
  interface Window {
    go?: { main?: { App?: unknown } };
    runtime?: unknown;
  }
}

/** The program behind Wails; null when the page runs in a plain browser. */
export function wailsBridge(): Bridge | null {
  return window.go?.main?.App && window.runtime ? bridge : null;
}

/** The answer of a call as the page's types have it: contract.ts holds them against the program's. */
async function ask<T>(call: () => Promise<unknown>): Promise<T> {
  try {
    return (await call()) as T;
  } catch (reason) {
    throw Fault.from(reason);
  }
}

const bridge: Bridge = {
  snapshot: () => ask(() => App.Snapshot()),
  choose: (choices) => ask(() => App.Choose(choices as Parameters<typeof App.Choose>[0])),
  start: () => ask(() => App.Start()),
  stop: () => ask(() => App.Stop()),
  askNow: () => ask(() => App.AskNow()),
  setShown: (shown) => ask(() => App.SetShown(shown)),
  drawn: () => ask(() => App.Drawn()),
  newWindow: () => ask(() => App.NewWindow()),
  duplicateWindow: () => ask(() => App.DuplicateWindow()),
  closeWindow: () => ask(() => App.CloseWindow()),
  quit: () => ask(() => App.Quit()),
  sources: () => ask(() => Sources.List()),
  pickFolder: () => ask(() => App.PickFolder()),
  pickVideo: () => ask(() => App.PickVideo()),
  pickProgram: () => ask(() => App.PickProgram()),
  setFfmpeg: (path) => ask(() => App.SetFFmpeg(path)),
  saveAddress: (address) => ask(() => Sources.SaveAddress(address)),
  hasLogin: (uri) => ask(() => Sources.HasLogin(uri)),
  forgetCamera: (uri) => ask(() => Sources.ForgetCamera(uri)),
  reopen: () => ask(() => App.Reopen()),
  savePicture: () => ask(() => Sources.SavePicture()),
  revealPicture: (path) => ask(() => Sources.RevealPicture(path)),
  findServers: async () => (await ask<FoundServer[] | null>(() => App.FindServers())) ?? [],
  inspectBackend: (url, key, caFile) => ask(() => App.InspectBackend(url, key, caFile)),
  saveBackend: (form) => ask(() => App.SaveBackend(form as unknown as Parameters<typeof App.SaveBackend>[0])),
  deleteBackend: (id) => ask(() => App.DeleteBackend(id)),
  examineBackend: (id, model) => ask(() => App.ExamineBackend(id, model)),
  pickCertificate: () => ask(() => App.PickCertificate()),
  setPrivate: (uri, on) => ask(() => App.SetPrivate(uri, on)),
  setAgain: (mode) => ask(() => App.SetAgain(mode)),
  savePrompt: (prompt) => ask(() => App.SavePrompt(prompt)),
  deletePrompt: (id) => ask(() => App.DeletePrompt(id)),
  setTheme: (theme) => ask(() => App.SetTheme(theme)),
  setTimes: (times) => ask(() => App.SetTimes(times)),
  exchange: (seq) => ask(() => App.Exchange(seq)),
  stats: (details) => ask(() => Gauges.Machine(details)),
  figures: (after) => ask(() => Gauges.Figures(after)),
  startOver: () => ask(() => Gauges.StartOver()),
  loads: async () => (await ask<Load[] | null>(() => Gauges.Loads())) ?? [],
  exportFigures: async (name, warm) => {
    const path = await ask<string>(() => App.PickExport(name));
    if (path !== '') await ask(() => Gauges.Export(path, warm));
    return path !== '';
  },
  setGauges: (settings) => ask(() => App.SetGauges(settings)),
  metrics: () => ask(() => App.Metrics()),
  setMetrics: (form) => ask(() => App.SetMetrics(form)),
  program: () => ask(() => About.Program()),
  diagnostics: (webview) => ask(() => About.Diagnostics(webview)),
  openLink: (url) => ask(() => App.OpenLink(url)),
  copy,
  record: (on) => ask(() => App.Record(on)),
  setRecording: (settings) => ask(() => App.SetRecording(settings)),
  pickRecordings: () => ask(() => App.PickRecordings()),
  recordings: () => ask(() => Library.Recordings()),
  recording: (id) => ask(() => Library.Recording(id)),
  entries: (id, signal) => ask(() => fetchEntries(id, signal)),
  search: async (words, recording) => (await ask<Hit[] | null>(() => Library.Search(words, recording))) ?? [],
  renameRecording: (id, title) => ask(() => Library.Rename(id, title)),
  keepRecording: (id, keep) => ask(() => Library.SetKeep(id, keep)),
  deleteRecording: (id) => ask(() => Library.Delete(id)),
  revealRecording: (id) => ask(() => Library.Reveal(id)),
  importRecording: async () => {
    const folder = await ask<string>(() => App.PickRecording());
    return folder === '' ? null : ask(() => Library.Import(folder));
  },
  pickExport: (name) => ask(() => App.PickExport(name)),
  exportRecording: (form) => ask(() => Library.Export(form)),
  player: () => ask(() => Library.Base()),
  recordedPicture: pictureUrl,
  setFullscreen: (on) => {
    if (on) WindowFullscreen();
    else WindowUnfullscreen();
    return Promise.resolve();
  },
  nextFrame: fetchFrame,
  onEvents: (fn: (events: SightlineEvent[]) => void) => EventsOn('sightline', fn),
};

// The page's own clipboard is closed to it where its scheme is no secure context, so the program copies.
async function copy(text: string): Promise<void> {
  if (!(await ClipboardSetText(text))) throw new Fault('clipboard', 'The text could not be copied.');
}
