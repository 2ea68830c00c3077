const restMs = 250;

/** Notices when several things that followed each other quickly have come to an end. */
export class Rest {
  readonly #done: () => boolean;
  #count = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `done` is called at the end of several; it gives false where it has to be called once more. */
  constructor(done: () => boolean) {
    this.#done = done;
  }

  /** One of them. */
  note(): void {
    this.#count++;
    this.#wait();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #wait(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#count > 1 && !this.#done()) return this.#wait();
      this.#count = 0;
    }, restMs);
  }
}
