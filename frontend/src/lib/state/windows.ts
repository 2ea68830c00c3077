import type { Bridge } from '../bridge';
import type { Notices } from './notices.svelte';

type Errands = Pick<Bridge, 'newWindow' | 'duplicateWindow' | 'closeWindow' | 'quit'>;

/** This window among the others: more of them, and fewer. What is refused becomes a notice. */
export class Windows {
  readonly #bridge: Errands;
  readonly #notices: Notices;

  constructor(bridge: Errands, notices: Notices) {
    this.#bridge = bridge;
    this.#notices = notices;
  }

  open(): Promise<boolean> {
    return this.#notices.guard(() => this.#bridge.newWindow());
  }

  /** Another window with the choices of this one. */
  duplicate(): Promise<boolean> {
    return this.#notices.guard(() => this.#bridge.duplicateWindow());
  }

  close(): Promise<boolean> {
    return this.#notices.guard(() => this.#bridge.closeWindow());
  }

  /** Closes all windows. They come back on the next start. */
  quit(): Promise<boolean> {
    return this.#notices.guard(() => this.#bridge.quit());
  }
}
