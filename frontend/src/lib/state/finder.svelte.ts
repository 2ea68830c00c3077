import { Fault, type Bridge } from '../bridge';
import type { Hit } from './types';

const patienceMs = 120;

/** The search over all answers: it asks when the typing pauses, and what was overtaken by newer words is dropped. */
export class Finder {
  readonly #bridge: Pick<Bridge, 'search'>;
  #words = $state('');
  #hits = $state.raw<readonly Hit[]>([]);
  #found = $state('');
  #busy = $state(false);
  #fault = $state.raw<Fault | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(bridge: Pick<Bridge, 'search'>) {
    this.#bridge = bridge;
  }

  /** What is typed. */
  get words(): string {
    return this.#words;
  }

  /** The words that the hits are about; empty before the first answer. */
  get found(): string {
    return this.#found;
  }

  get hits(): readonly Hit[] {
    return this.#hits;
  }

  get busy(): boolean {
    return this.#busy;
  }

  get fault(): Fault | null {
    return this.#fault;
  }

  look(words: string): void {
    this.#words = words;
    clearTimeout(this.#timer);
    if (words.trim() === '') return this.#settle('', [], null);
    this.#busy = true;
    this.#timer = setTimeout(() => void this.again(), patienceMs);
  }

  /** Asks at once for what is typed. */
  async again(): Promise<void> {
    clearTimeout(this.#timer);
    const asked = this.#words;
    if (asked.trim() === '') return;
    this.#busy = true;
    try {
      const hits = await this.#bridge.search(asked.trim(), '');
      if (asked === this.#words) this.#settle(asked.trim(), hits, null);
    } catch (reason) {
      if (asked === this.#words) this.#settle(asked.trim(), [], Fault.from(reason));
    }
  }

  #settle(found: string, hits: readonly Hit[], fault: Fault | null): void {
    this.#found = found;
    this.#hits = hits;
    this.#fault = fault;
    this.#busy = false;
  }
}
