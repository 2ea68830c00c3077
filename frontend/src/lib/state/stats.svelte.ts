import type { Bridge } from '../bridge';
import { sampleOf, type Sample } from './look';
import { Minute } from './minute';
import { Past, type History } from './past';
import type { GaugesSettings, StatsSnapshot } from './types';

export type { Sample } from './look';
export type { GpuHistory, History, Line } from './past';

/** After so long without an answer, what is shown is no longer true. */
const silentMs = 5000;

const within = (n: number, low: number, high: number) => Math.min(high, Math.max(low, Math.round(n)));

/** The machine's load: the newest look, the last minute, and as many minutes as the settings say. It looks only while somebody sees it. */
export class Stats {
  readonly #bridge: Pick<Bridge, 'stats'>;
  readonly #settings: { readonly gauges: GaugesSettings };
  readonly #past = new Past();
  readonly #strip = new Minute();
  #now = $state.raw<StatsSnapshot | null>(null);
  #looked = $state(false);
  #minute = $state.raw(this.#strip.marks);
  #history = $state.raw(this.#past.history);

  #watching = 0;
  #detailed = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the look began that is not over yet; 0: none. */
  #begun = 0;
  // Nobody looked for a while, or in vain.
  #gap = false;

  constructor(bridge: Pick<Bridge, 'stats'>, settings: { readonly gauges: GaugesSettings }) {
    this.#bridge = bridge;
    this.#settings = settings;
  }

  /** The newest look; null before the first, and when the machine does not answer. */
  get now(): StatsSnapshot | null {
    return this.#now;
  }

  /** It has been looked at, or was tried to be. */
  get looked(): boolean {
    return this.#looked;
  }

  /** The last minute, a mark for each second, for small lines. */
  get minute(): readonly Sample[] {
    return this.#minute;
  }

  /** The looks of the last minutes; at times a fifteenth more than `minutes`. */
  get history(): History {
    return this.#history;
  }

  /** Looks a second. */
  get perSecond(): number {
    return within(this.#settings.gauges.perSecond || 2, 1, 10);
  }

  /** How far back the history goes. */
  get minutes(): number {
    return within(this.#settings.gauges.minutes || 5, 1, 60);
  }

  /** Looks again and again until the returned function is called; several may watch. */
  watch(): () => void {
    if (this.#watching++ === 0) this.#begin();
    return once(() => {
      if (--this.#watching === 0) this.#end();
    });
  }

  /** Looks at the details too until the returned function is called; several may ask for them. */
  details(): () => void {
    this.#detailed++;
    return once(() => this.#detailed--);
  }

  #begin(): void {
    document.addEventListener('visibilitychange', this.#turn);
    this.#tick();
  }

  #end(): void {
    document.removeEventListener('visibilitychange', this.#turn);
    this.#rest();
  }

  readonly #turn = () => (document.hidden ? this.#rest() : this.#tick());

  #rest(): void {
    clearTimeout(this.#timer);
    this.#gap = true;
  }

  // The clock goes on while a look takes long, but there is never a second one at the same time.
  #tick(): void {
    clearTimeout(this.#timer);
    if (document.hidden) return this.#rest();
    this.#timer = setTimeout(() => this.#tick(), 1000 / this.perSecond);
    if (this.#begun === 0) void this.#look();
    else if (performance.now() - this.#begun > silentMs) this.#miss();
  }

  // A gauge that fails shows nothing: it is no reason to disturb anybody twice a second.
  async #look(): Promise<void> {
    const gap = this.#gap;
    this.#gap = false;
    this.#begun = performance.now();
    try {
      const now = await this.#bridge.stats(this.#detailed > 0);
      this.#take(now, gap || this.#gap);
    } catch {
      this.#miss();
    } finally {
      this.#begun = 0;
    }
  }

  #take(now: StatsSnapshot, gap: boolean): void {
    this.#past.add(now, this.minutes, gap);
    this.#strip.add(sampleOf(now), now.atMs / 1000, gap);
    this.#now = now;
    this.#looked = true;
    this.#minute = this.#strip.marks;
    this.#history = this.#past.history;
  }

  #miss(): void {
    this.#now = null;
    this.#looked = true;
    this.#gap = true;
  }
}

function once(fn: () => void): () => void {
  let done = false;
  return () => {
    if (!done) fn();
    done = true;
  };
}
