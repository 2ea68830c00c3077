import { share } from './look';
import type { Gpu, StatsSnapshot } from './types';

/** A value for each look; null where it was not known, or nobody looked. */
export type Line = (number | null)[];

/** What was seen of one GPU. */
export interface GpuHistory {
  id: string;
  name: string;
  /** Percent, and so is the memory. */
  utilisation: Line;
  memory: Line;
  /** W */
  power: Line;
  /** °C */
  temperature: Line;
}

/**
 * The looks at the machine, oldest first, all lists of the same length. The lists themselves grow in place, since there may be 36,000 looks, ten
 * more a second: a new History tells that there is more, so derive from it and not from one of its lists.
 */
export interface History {
  /** Unix seconds, rising. */
  at: number[];
  /** Percent. */
  cpu: Line;
  memory: Line;
  gpus: GpuHistory[];
}

/** After so many seconds without a look there was a gap, whoever forgot to say so: the computer slept. */
const asleep = 10;

const names = ['utilisation', 'memory', 'power', 'temperature'] as const;
const values = (gpu: Gpu) => ({ ...gpu, memory: share(gpu.memory) });

/** Keeps looks for some minutes. Adding one costs the same however many are kept. */
export class Past {
  readonly #at: number[] = [];
  readonly #cpu: Line = [];
  readonly #memory: Line = [];
  readonly #gpus = new Map<string, GpuHistory & { seen: number }>();
  /** So many of the oldest are older than they should be. */
  #old = 0;

  get history(): History {
    return { at: this.#at, cpu: this.#cpu, memory: this.#memory, gpus: [...this.#gpus.values()] };
  }

  /** Takes one look; `gap`: nobody looked between the one before and this one. */
  add(look: StatsSnapshot, minutes: number, gap: boolean): void {
    const at = look.atMs / 1000;
    const last = this.#at.at(-1) ?? 0;
    // Time that goes backwards was set anew: what was before it has no place on the same line.
    if (at <= last) this.#forget(this.#at.length);
    else if (last > 0 && (gap || at - last > asleep)) this.#extend((last + at) / 2);
    this.#extend(at);
    const here = this.#at.length - 1;
    this.#cpu[here] = look.cpu;
    this.#memory[here] = share(look.memory);
    for (const gpu of look.gpus ?? []) {
      const kept = this.#of(gpu);
      const seen = values(gpu);
      for (const name of names) kept[name][here] = seen[name];
      kept.seen = at;
    }
    this.#trim(at - minutes * 60);
  }

  // One more place in every list, for now empty.
  #extend(at: number): void {
    this.#at.push(at);
    for (const list of this.#lists()) list.push(null);
  }

  // The lists are cut only when a sixteenth of them is too old, so that they are not moved at each look.
  #trim(oldest: number): void {
    while ((this.#at[this.#old] ?? oldest) < oldest) this.#old++;
    if (this.#old * 16 > this.#at.length) this.#forget(this.#old);
  }

  #forget(count: number): void {
    for (const list of [this.#at, ...this.#lists()]) list.splice(0, count);
    this.#old = 0;
    const first = this.#at[0] ?? Infinity;
    for (const [id, gpu] of this.#gpus) if (gpu.seen < first) this.#gpus.delete(id);
  }

  #of({ id, name }: Gpu): GpuHistory & { seen: number } {
    const known = this.#gpus.get(id);
    if (known) return known;
    const empty = () => this.#at.map(() => null);
    const begun = { id, name, utilisation: empty(), memory: empty(), power: empty(), temperature: empty(), seen: 0 };
    this.#gpus.set(id, begun);
    return begun;
  }

  #lists(): Line[] {
    return [this.#cpu, this.#memory, ...[...this.#gpus.values()].flatMap((gpu) => names.map((name) => gpu[name]))];
  }
}
