import { byTime, says } from '$lib/text/entries';
import { Fault, type Bridge } from '../bridge';
import type { Entry, Recording } from './types';

const leastMs = 3000;

/** One recording that is looked at, with its answers; while it is being written, what there is so far. */
export class Opened {
  readonly id: string;
  readonly #bridge: Pick<Bridge, 'recording' | 'entries' | 'player'>;
  #recording = $state.raw<Recording | null>(null);
  #entries = $state.raw<readonly Entry[] | null>(null);
  #base = $state('');
  #fault = $state.raw<Fault | null>(null);

  #told = $derived((this.#entries ?? []).filter(says));
  #pictured = $derived((this.#entries ?? []).filter((entry) => entry.picture));

  constructor(bridge: Pick<Bridge, 'recording' | 'entries' | 'player'>, id: string) {
    this.#bridge = bridge;
    this.id = id;
  }

  /** null while it is being opened. */
  get recording(): Recording | null {
    return this.#recording;
  }

  /** All outcomes in the order of time; null while they are loaded. */
  get entries(): readonly Entry[] | null {
    return this.#entries;
  }

  /** Those that say something. */
  get told(): readonly Entry[] {
    return this.#told;
  }

  get pictured(): readonly Entry[] {
    return this.#pictured;
  }

  /** Where its video is served; empty where there is none to play. */
  get base(): string {
    return this.#base;
  }

  get fault(): Fault | null {
    return this.#fault;
  }

  /** Loads it, and loads it again while it grows, until the returned function is called. */
  follow(): () => void {
    const abort = new AbortController();
    void this.#follow(abort.signal);
    return () => abort.abort();
  }

  async #follow(signal: AbortSignal): Promise<void> {
    do {
      const began = performance.now();
      await this.#load(signal);
      // However long it has become: reading it anew takes a tenth of the time at most.
      await pause(Math.max(leastMs, 10 * (performance.now() - began)), signal);
    } while (!signal.aborted && (this.#fault || this.#recording?.busy));
  }

  async #load(signal: AbortSignal): Promise<void> {
    try {
      const recording = await this.#bridge.recording(this.id);
      if (signal.aborted) return;
      if (recording.video && this.#base === '') this.#base = await this.#bridge.player();
      this.#recording = recording;
      const entries = await this.#bridge.entries(this.id, signal);
      if (signal.aborted) return;
      this.#entries = byTime(entries);
      this.#fault = null;
    } catch (reason) {
      if (!signal.aborted) this.#fault = Fault.from(reason);
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), done()), { once: true });
  });
}
