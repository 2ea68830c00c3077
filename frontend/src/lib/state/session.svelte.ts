import { Fault, type Bridge } from '../bridge';
import { Answers } from './answers.svelte';
import { WindowState } from './choices.svelte';
import { Feed } from './feed';
import type { Notices } from './notices.svelte';
import { Recorder } from './recorder.svelte';
import type { Library } from './library.svelte';
import type { Asking, Backend, Choices, Counts, LineError, SightlineEvent, Snapshot, Source, WindowChoices } from './types';

const noSource: Source = { uri: '', name: '', kind: '', state: 'opening', width: 0, height: 0, fps: 0, fault: null, chosen: true };
const noBackend: Backend = {
  id: 'builtin:',
  name: '',
  url: '',
  model: '',
  builtin: false,
  public: false,
  health: 'unknown',
  fault: null,
  replicas: null,
};
const noCounts: Counts = { captured: 0, sampled: 0, answered: 0, superseded: 0, unchanged: 0, failed: 0, cancelled: 0 };

/** What this window's session is doing, kept up to date by the program's events. */
export class Session {
  readonly answers = new Answers();
  readonly recorder: Recorder;
  readonly #bridge: Bridge;
  readonly #notices: Notices;
  readonly #library: Library;
  readonly #choices: WindowState;

  #ready = $state(false);
  #trouble = $state.raw<LineError | null>(null);
  #version = $state('');
  #firstRun = $state(false);
  #source = $state.raw(noSource);
  #backend = $state.raw(noBackend);
  #others = $state.raw<readonly Backend[]>([]);
  #asking = $state.raw<Asking>({ on: false, inFlight: 0, waiting: false, retryAtMs: 0 });
  #counts = $state.raw(noCounts);

  constructor(bridge: Bridge, notices: Notices, library: Library) {
    this.#bridge = bridge;
    this.#notices = notices;
    this.#library = library;
    this.recorder = new Recorder(bridge, notices);
    this.#choices = new WindowState(bridge, notices);
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** Why there is nothing to show yet. */
  get trouble(): LineError | null {
    return this.#trouble;
  }

  get version(): string {
    return this.#version;
  }

  get firstRun(): boolean {
    return this.#firstRun;
  }

  get source(): Source {
    return this.#source;
  }

  get backend(): Backend {
    return this.#backend;
  }

  /** Those compared with the backend, in the order of the window's choice. */
  get others(): readonly Backend[] {
    return this.#others;
  }

  get asking(): Asking {
    return this.#asking;
  }

  get counts(): Counts {
    return this.#counts;
  }

  get window(): WindowChoices {
    return this.#choices.now;
  }

  /** Follows the program until the returned function is called. */
  follow(): () => void {
    return new Feed(this.#bridge, {
      load: (snapshot) => this.#load(snapshot),
      apply: (event) => this.#apply(event),
      failed: (reason) => (this.#trouble = Fault.from(reason)),
    }).follow();
  }

  choose(choices: Choices): Promise<boolean> {
    return this.#choices.choose(choices);
  }

  toggle(): Promise<boolean> {
    const on = this.#asking.on;
    return this.#notices.guard(() => (on ? this.#bridge.stop() : this.#bridge.start()));
  }

  askNow(): Promise<boolean> {
    return this.#notices.guard(() => this.#bridge.askNow());
  }

  /** Watches a source; the one that is watched is opened anew. */
  watch(uri: string): Promise<boolean> {
    return uri === this.#source.uri && this.window.cameraOn ? this.reopen() : this.choose({ source: uri, cameraOn: true });
  }

  /** Opens the source anew: from its start what has come to its end, and at once what only a person could mend. */
  reopen(): Promise<boolean> {
    return this.#notices.guard(() => this.#bridge.reopen());
  }

  #load(s: Snapshot): void {
    this.#choices.load(s.window);
    this.#library.load(s);
    this.answers.load(s.rows ?? []);
    this.#version = s.version;
    this.#firstRun = s.firstRun;
    this.#source = s.source;
    this.#backend = s.backend;
    this.#others = s.others ?? [];
    this.#asking = s.asking;
    this.#counts = s.counts;
    this.recorder.load(s.recording);
    for (const notice of s.notices ?? []) this.#notices.add(notice);
    this.#trouble = null;
    this.#ready = true;
  }

  #apply(event: SightlineEvent): void {
    switch (event.kind) {
      case 'row':
        return this.answers.put(event.row);
      case 'text':
        return this.answers.append(event.seq, event.text ?? '', event.thinking ?? '');
      case 'source':
        this.#source = event.source;
        return;
      case 'backend':
        this.#backend = event.backend;
        return;
      case 'others':
        this.#others = event.others ?? [];
        return;
      case 'asking':
        this.#asking = event.asking;
        return;
      case 'counts':
        this.#counts = event.counts;
        return;
      case 'recording':
        return this.recorder.load(event.recording);
      case 'window':
        return this.#choices.load(event.window);
      case 'settings':
        return this.#library.apply(event.settings);
      case 'notice':
        return this.#notices.add(event.notice);
      case 'check':
        return this.#library.doctor.apply(event.check);
    }
  }
}
