import { g } from '$lib/text/strings-gauges';
import { Fault, type Bridge } from '../bridge';
import type { Notices } from './notices.svelte';
import type { AskerFigures, FigureEntry, Load } from './types';

const everyMs = 1000;
const loadsEveryMs = 2000;
/** As many as the program keeps. */
export const keptEntries = 10_000;

type Calls = Pick<Bridge, 'figures' | 'startOver' | 'loads' | 'exportFigures'>;

/** What the chart shows: the entries, and the moment up to which it shows them. */
export interface Reel {
  entries: readonly FigureEntry[];
  atMs: number;
}

/** What this session's answers took, and what the servers tell. It asks only while somebody sees it. */
export class Figures {
  readonly #bridge: Calls;
  readonly #notices: Notices;
  #known = $state(false);
  #sinceMs = $state(0);
  #askers = $state.raw<readonly AskerFigures[]>([]);
  #now = $state.raw<Reel>({ entries: [], atMs: 0 });
  #held = $state.raw<Reel | null>(null);
  #fault = $state.raw<Fault | null>(null);
  #loads = $state.raw<readonly Load[] | null>(null);
  #next = 0;
  // Raised by a new beginning: what was asked for before it is no longer of use.
  #turn = 0;

  /** The answers that warmed a model up are left out. */
  warm = $state(false);
  /** Whose figures are shown, once somebody chose: a backend and a model. */
  who = $state.raw<{ backend: string; model: string } | null>(null);
  /** How many minutes the chart goes back; 0: all there are. */
  minutes = $state(5);
  /** The chart's scale is logarithmic. */
  log = $state(false);

  constructor(bridge: Calls, notices: Notices) {
    this.#bridge = bridge;
    this.#notices = notices;
  }

  /** They have been told at least once. */
  get known(): boolean {
    return this.#known;
  }

  /** When the counting began, Unix milliseconds. */
  get sinceMs(): number {
    return this.#sinceMs;
  }

  get askers(): readonly AskerFigures[] {
    return this.#askers;
  }

  /** What the chart shows. */
  get shown(): Reel {
    return this.#held ?? this.#now;
  }

  get paused(): boolean {
    return this.#held !== null;
  }

  /** Entries that came since the chart stands still. */
  get missed(): number {
    const last = this.#held?.entries.at(-1)?.n ?? 0;
    return this.#held ? this.#now.entries.filter(({ n }) => n > last).length : 0;
  }

  /** Why there are no newer ones. */
  get fault(): Fault | null {
    return this.#fault;
  }

  /** What the servers tell of their own work; null before they were asked. */
  get loads(): readonly Load[] | null {
    return this.#loads;
  }

  /** Holds the chart still, or lets it go on; counting goes on either way. */
  pause(): void {
    this.#held = this.#held ? null : this.#now;
  }

  /** Asks for what is new once a second until the returned function is called. */
  watch(): () => void {
    return again(everyMs, () => this.#look());
  }

  /** Asks what the servers tell until the returned function is called. */
  watchLoads(): () => void {
    return again(loadsEveryMs, () => this.#lookAtLoads());
  }

  /** Counts anew. */
  async startOver(): Promise<void> {
    await this.#notices.guard(async () => {
      await this.#bridge.startOver();
      this.#turn++;
      this.#next = 0;
      this.#held = null;
      this.#now = { entries: [], atMs: Date.now() };
      this.#askers = [];
      this.#sinceMs = Date.now();
    });
    await this.#look();
  }

  /** Writes them as CSV where the person says, as they are shown: with or without the answers that warmed up. */
  async export(name: string): Promise<void> {
    await this.#notices.guard(async () => {
      if (await this.#bridge.exportFigures(name, this.warm)) this.#notices.say(g.answers.exported);
    });
  }

  async #look(): Promise<void> {
    const turn = this.#turn;
    try {
      const { entries: told, lost, next, askers, sinceMs } = await this.#bridge.figures(this.#next);
      if (turn !== this.#turn) return;
      const old = lost ? [] : this.#now.entries;
      // The same again for who asked twice at once: each is kept once.
      const last = old.at(-1)?.n ?? 0;
      const fresh = (told ?? []).filter(({ n }) => n > last);
      // The same list where nothing is new, so that nobody reckons with it anew.
      const entries = !lost && fresh.length === 0 ? this.#now.entries : [...old, ...fresh].slice(-keptEntries);
      this.#now = { entries, atMs: Date.now() };
      if (lost) this.#held = null;
      this.#next = next;
      this.#askers = askers ?? [];
      this.#sinceMs = sinceMs;
      this.#known = true;
      this.#fault = null;
    } catch (reason) {
      if (turn === this.#turn) this.#fault = Fault.from(reason);
    }
  }

  // A look that fails is a server that tells nothing: no reason to disturb anybody every two seconds.
  async #lookAtLoads(): Promise<void> {
    try {
      this.#loads = await this.#bridge.loads();
    } catch {
      this.#loads = [];
    }
  }
}

/** Does it at once and again and again, never twice at a time, and not while the window is hidden, until the returned function is called. */
function again(ms: number, look: () => Promise<void>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let going = true;
  const go = async () => {
    if (!document.hidden) await look();
    if (going) timer = setTimeout(() => void go(), ms);
  };
  void go();
  return () => {
    going = false;
    clearTimeout(timer);
  };
}
