import type { Bridge } from './bridge';
import { Fault } from './fault';
import { fetchFrame } from './frames';
import type { FoundServer, SightlineEvent } from './types';

type Method = (...args: unknown[]) => Promise<unknown>;

/** The part of Wails' runtime that the page uses. */
interface Runtime {
  EventsOn(name: string, fn: (data: SightlineEvent[]) => void): () => void;
  ClipboardSetText(text: string): Promise<boolean>;
  WindowFullscreen(): void;
  WindowUnfullscreen(): void;
}

declare global {
  interface Window {
    go?: { main?: { App?: Record<string, Method> } };
    runtime?: Runtime;
  }
}

/** The program behind Wails; null when the page runs in a plain browser. */
export function wailsBridge(): Bridge | null {
  const app = window.go?.main?.App;
  const runtime = window.runtime;
  return app && runtime ? adapt(app, runtime) : null;
}

function adapt(app: Record<string, Method>, runtime: Runtime): Bridge {
  async function call<T>(name: string, ...args: unknown[]): Promise<T> {
    const method = app[name];
    if (!method) throw new Fault('bridge.method', `This Sightline has no ${name}.`, 'Install one version as a whole.');
    try {
      return (await method(...args)) as T;
    } catch (reason) {
      throw Fault.from(reason);
    }
  }
  return {
    snapshot: () => call('Snapshot'),
    choose: (choices) => call('Choose', choices),
    start: () => call('Start'),
    stop: () => call('Stop'),
    askNow: () => call('AskNow'),
    setShown: (shown) => call('SetShown', shown),
    drawn: () => call('Drawn'),
    sources: () => call('Sources'),
    pickFolder: () => call('PickFolder'),
    findServers: async () => (await call<FoundServer[] | null>('FindServers')) ?? [],
    inspectBackend: (url, key) => call('InspectBackend', url, key),
    saveBackend: (form) => call('SaveBackend', form),
    deleteBackend: (id) => call('DeleteBackend', id),
    savePrompt: (prompt) => call('SavePrompt', prompt),
    deletePrompt: (id) => call('DeletePrompt', id),
    setTheme: (theme) => call('SetTheme', theme),
    setTimes: (times) => call('SetTimes', times),
    exchange: (seq) => call('Exchange', seq),
    stats: () => call('Stats'),
    openLink: (url) => call('OpenLink', url),
    copy: (text) => copy(runtime, text),
    setFullscreen: (on) => fullscreen(runtime, on),
    nextFrame: fetchFrame,
    onEvents: (fn) => runtime.EventsOn('sightline', fn),
  };
}

// The page's own clipboard is closed to it where its scheme is no secure context, so the program copies.
async function copy(runtime: Runtime, text: string): Promise<void> {
  if (!(await runtime.ClipboardSetText(text))) throw new Fault('clipboard', 'The text could not be copied.');
}

function fullscreen(runtime: Runtime, on: boolean): Promise<void> {
  if (on) runtime.WindowFullscreen();
  else runtime.WindowUnfullscreen();
  return Promise.resolve();
}
