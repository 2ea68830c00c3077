import type { Row, SightlineEvent, Snapshot } from '../types';
import { answered, texts } from './data';
import { found } from './found';
import { pictureAt } from './scene';

type Change = SightlineEvent extends infer E ? (E extends SightlineEvent ? Omit<E, 'n'> : never) : never;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Lets a fake session live: it asks, streams, and tells by numbered events, as the program would. */
export class Play {
  snapshot: Snapshot;
  #fn: ((events: SightlineEvent[]) => void) | undefined;
  #seq: number;
  #busy = false;

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
    this.#seq = Math.max(128, ...(snapshot.rows ?? []).map((row) => row.seq));
  }

  listen(fn: (events: SightlineEvent[]) => void): () => void {
    this.#fn = fn;
    return () => (this.#fn = undefined);
  }

  /** Tells the page of a change. */
  tell(change: Change): void {
    this.snapshot = { ...this.snapshot, n: this.snapshot.n + 1 };
    this.#fn?.([{ ...change, n: this.snapshot.n }]);
  }

  /** Asks over and over, as long as asking is on. */
  async run(): Promise<never> {
    for (;;) {
      await wait(2000);
      const { asking, source } = this.snapshot;
      if (asking.on && source.state === 'live' && this.snapshot.window.pace !== 'asked') await this.ask();
    }
  }

  /** Asks about one picture and streams the answer. */
  async ask(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    const { backend, others, window } = this.snapshot;
    const askers = [backend, ...(others ?? [])];
    const group = askers.length > 1 ? { group: this.#seq + 1 } : {};
    const thumb = URL.createObjectURL(await pictureAt(performance.now() / 1000, 640, { ...window, part: window.crop }));
    const at = Date.now();
    const asked = askers.map((by, column) => {
      const seq = ++this.#seq;
      const text = texts[seq % texts.length] ?? '';
      const places = { ...(by.builtin ? { boxes: found(window) } : {}), ...(window.crop ? { part: window.crop } : {}) };
      return this.#stream({ ...answered(seq, at, text, by, window.prompt, thumb), ...group, ...places, column }, text);
    });
    await Promise.all(asked);
    this.#busy = false;
  }

  async #stream(done: Row, text: string): Promise<void> {
    const { total_ms, tokens_per_s, first_token_ms: first, boxes, ...begun } = done;
    const pending: Row = { ...begun, outcome: '', pending: true, text: '' };
    this.tell({ kind: 'row', row: pending });
    await wait(first ?? 0);
    this.tell({ kind: 'row', row: { ...pending, first_token_ms: first ?? 0 } });
    for (const word of text.split(/(?<= )/)) {
      this.tell({ kind: 'text', seq: done.seq, text: word });
      await wait(25);
    }
    this.tell({ kind: 'row', row: done });
    const counts = { ...this.snapshot.counts, answered: this.snapshot.counts.answered + 1 };
    this.snapshot = { ...this.snapshot, counts, rows: [done, ...(this.snapshot.rows ?? [])] };
    this.tell({ kind: 'counts', counts });
  }
}
