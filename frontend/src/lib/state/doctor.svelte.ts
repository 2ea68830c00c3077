import { Fault, type Bridge } from '../bridge';
import type { Check, Report } from './types';

/** One examination of a backend: its steps as they come, and its end. */
export class Examination {
  readonly backend: string;
  readonly model: string;
  #checks = $state.raw<readonly Check[]>([]);
  #running = $state(true);
  #fault = $state.raw<Fault | null>(null);

  constructor(backend: string, model: string) {
    this.backend = backend;
    this.model = model;
  }

  get checks(): readonly Check[] {
    return this.#checks;
  }

  get running(): boolean {
    return this.#running;
  }

  /** Why it could not be carried out. */
  get fault(): Fault | null {
    return this.#fault;
  }

  /** One more step, told while it runs. */
  add(check: Check): void {
    if (this.#running) this.#checks = [...this.#checks.filter((other) => other.name !== check.name), check];
  }

  /** The whole, at the end: steps may have been told late or not at all. */
  async follow(report: Promise<Report>): Promise<void> {
    try {
      this.#checks = (await report).checks ?? [];
    } catch (reason) {
      this.#fault = Fault.from(reason);
    } finally {
      this.#running = false;
    }
  }
}

/** Examines backends. An examination goes on when nobody looks at it; the program ends it by itself. */
export class Doctor {
  readonly #bridge: Pick<Bridge, 'examineBackend'>;
  #newest = $state.raw<Readonly<Record<string, Examination>>>({});

  constructor(bridge: Pick<Bridge, 'examineBackend'>) {
    this.#bridge = bridge;
  }

  /** The newest examination of a backend. */
  of(backend: string): Examination | null {
    return this.#newest[backend] ?? null;
  }

  /** Begins an examination. Where one of this backend runs it goes on instead: its steps could not be told apart from those of another. */
  examine(backend: string, model: string): Examination {
    const running = this.of(backend);
    if (running?.running) return running;
    const begun = new Examination(backend, model);
    this.#newest = { ...this.#newest, [backend]: begun };
    void begun.follow(this.#bridge.examineBackend(backend, model));
    return begun;
  }

  apply({ backend, ...check }: Check & { backend: string }): void {
    this.of(backend)?.add(check);
  }
}
