import { t } from '$lib/text/strings';
import type { Bridge } from '../bridge';
import type { Notices } from './notices.svelte';
import type { Exchange, Program } from './types';

type Errands = Pick<Bridge, 'openLink' | 'copy' | 'exchange' | 'program' | 'diagnostics'>;

/** Small errands outside the page: the browser, the clipboard, the raw exchange. */
export class Talk {
  readonly #bridge: Errands;
  readonly #notices: Notices;

  constructor(bridge: Errands, notices: Notices) {
    this.#bridge = bridge;
    this.#notices = notices;
  }

  openLink(url: string): void {
    void this.#notices.guard(() => this.#bridge.openLink(url));
  }

  copy(text: string): void {
    void this.#notices.guard(async () => {
      await this.#bridge.copy(text);
      this.#notices.say(t.common.copied);
    });
  }

  /** What this program is; null where it does not say. */
  program(): Promise<Program | null> {
    return this.#bridge.program().catch(() => null);
  }

  /** What helps others to find a fault. */
  diagnostics(): Promise<string> {
    return this.#bridge.diagnostics(navigator.userAgent);
  }

  exchange(seq: number): Promise<Exchange | null> {
    return this.#bridge.exchange(seq);
  }
}
