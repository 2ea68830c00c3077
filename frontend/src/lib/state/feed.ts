import type { Bridge } from '../bridge';
import type { SightlineEvent, Snapshot } from '../bridge/types';

/** Who is kept up to date. */
export interface Follower {
  load(snapshot: Snapshot): void;
  apply(event: SightlineEvent): void;
  /** A snapshot could not be had; the feed tries again by itself. */
  failed(reason: unknown): void;
}

const waitingLimit = 5000;

/** Loads a snapshot and applies the numbered events after it, each once and in order. On a gap it loads a new snapshot. */
export class Feed {
  #bridge: Pick<Bridge, 'snapshot' | 'onEvents'>;
  #follower: Follower;
  #retryMs: number;
  #n = -1;
  #loading = false;
  #waiting: SightlineEvent[] = [];
  #stop: (() => void) | undefined;

  constructor(bridge: Pick<Bridge, 'snapshot' | 'onEvents'>, follower: Follower, retryMs = 1000) {
    this.#bridge = bridge;
    this.#follower = follower;
    this.#retryMs = retryMs;
  }

  /** Follows until the returned function is called. */
  follow(): () => void {
    const off = this.#bridge.onEvents((events) => this.#take(events));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = () => {
      void this.#load().then((loaded) => {
        if (!loaded && this.#stop) timer = setTimeout(load, this.#retryMs);
      });
    };
    this.#stop = () => {
      off();
      clearTimeout(timer);
      this.#stop = undefined;
    };
    this.#reload = load;
    load();
    return this.#stop;
  }

  #reload: () => void = () => undefined;

  #take(events: SightlineEvent[]): void {
    if (this.#loading || this.#n < 0) {
      this.#waiting = [...this.#waiting, ...events].slice(-waitingLimit);
      return;
    }
    for (const [i, event] of events.entries()) {
      if (event.n <= this.#n) continue;
      if (event.n !== this.#n + 1) {
        this.#waiting = events.slice(i);
        this.#reload();
        return;
      }
      this.#n = event.n;
      this.#follower.apply(event);
    }
  }

  async #load(): Promise<boolean> {
    if (this.#loading) return true;
    this.#loading = true;
    try {
      const snapshot = await this.#bridge.snapshot();
      this.#n = snapshot.n;
      this.#follower.load(snapshot);
    } catch (reason) {
      this.#follower.failed(reason);
      return false;
    } finally {
      this.#loading = false;
    }
    this.#take(this.#waiting.splice(0));
    return true;
  }
}
