/** The part of a recording that is marked, from A to B. A mark that would turn it round takes the other one away. */
export class Clip {
  #a = $state<number | null>(null);
  #b = $state<number | null>(null);

  get a(): number | null {
    return this.#a;
  }

  get b(): number | null {
    return this.#b;
  }

  get any(): boolean {
    return this.#a !== null || this.#b !== null;
  }

  begin(ms: number): void {
    this.#a = ms;
    if (this.#b !== null && this.#b <= ms) this.#b = null;
  }

  end(ms: number): void {
    this.#b = ms;
    if (this.#a !== null && this.#a >= ms) this.#a = null;
  }

  clear(): void {
    this.#a = this.#b = null;
  }

  /** Its beginning and end where one is marked; the other is the recording's own. null where none is. */
  within(lengthMs: number): { fromMs: number; toMs: number } | null {
    return this.any ? { fromMs: this.#a ?? 0, toMs: this.#b ?? lengthMs } : null;
  }
}
