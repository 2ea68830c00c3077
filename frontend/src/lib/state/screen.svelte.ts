import type { Bridge } from '../bridge';
import type { Notices } from './notices.svelte';
import type { Recording } from './types';

export type Tab = 'backends' | 'prompts' | 'asking' | 'recording' | 'gauges' | 'general' | 'privacy' | 'about';
/** What the figures tell of: the answers, the GPUs, the rest of this computer, or the servers that are asked. */
export type FiguresTab = 'answers' | 'gpu' | 'machine' | 'server';
export type Menu = 'source' | 'backend' | 'windows' | 'picture';

/** A question before something that costs or cannot be undone. */
export interface Question {
  title: string;
  text: string;
  yes: string;
  no: string;
  danger: boolean;
  onyes: () => void;
  onno?: () => void;
}

/** What fills the window: the live session, the list of recordings, or one recording from a moment on. */
export type Place = { name: 'live' } | { name: 'library' } | { name: 'recording'; id: string; atMs: number | null };

/** What is to be exported: a recording, and the part of it that is marked. */
export interface Exporting {
  recording: Recording;
  clip: { fromMs: number; toMs: number } | null;
}

/** What the window shows, and what lies over it: at most one sheet, dialog or menu of each kind. */
export class Screen {
  readonly #bridge: Pick<Bridge, 'setFullscreen'>;
  readonly #notices: Notices;
  #full = $state(false);

  menu = $state<Menu | null>(null);
  tab = $state<Tab | null>(null);
  /** The backend to edit when the settings open on their form: an id, '' for a new one. */
  editing = $state<string | null>(null);
  /** The backend whose examination the settings show, by its id. */
  examining = $state<string | null>(null);
  /** The address the dialog of network cameras begins with, '' for a new one. */
  camera = $state<string | null>(null);
  /** The part that is asked about is being drawn. */
  cropping = $state(false);
  picture = $state<number | null>(null);
  exchange = $state<number | null>(null);
  keys = $state(false);
  /** The figures stand in the place of the answers. */
  figures = $state<FiguresTab | null>(null);
  place = $state.raw<Place>({ name: 'live' });
  exporting = $state.raw<Exporting | null>(null);
  question = $state.raw<Question | null>(null);

  constructor(bridge: Pick<Bridge, 'setFullscreen'>, notices: Notices) {
    this.#bridge = bridge;
    this.#notices = notices;
  }

  get full(): boolean {
    return this.#full;
  }

  /** Whether something lies over the window, so that its letter keys rest. */
  get covered(): boolean {
    return Boolean(this.menu ?? this.tab ?? this.question ?? this.picture ?? this.exchange ?? this.exporting) || this.camera !== null || this.keys;
  }

  live(): void {
    this.place = { name: 'live' };
  }

  /** Shows the list of recordings. */
  library(): void {
    this.place = { name: 'library' };
  }

  /** Shows a recording, from a moment on where one is meant. */
  recording(id: string, atMs: number | null = null): void {
    this.place = { name: 'recording', id, atMs };
  }

  settings(tab: Tab = 'backends'): void {
    this.editing = null;
    this.examining = null;
    this.tab = tab;
  }

  /** Opens the form of a backend, '' for a new one. */
  backend(id: string): void {
    this.settings('backends');
    this.editing = id;
  }

  /** Shows the examination of a backend. */
  doctor(id: string): void {
    this.settings('backends');
    this.examining = id;
  }

  async fullscreen(on: boolean): Promise<void> {
    this.#full = on;
    await this.#notices.guard(() => this.#bridge.setFullscreen(on));
  }
}
