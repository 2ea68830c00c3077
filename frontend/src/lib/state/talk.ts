import { t } from '$lib/text/strings';
import type { Bridge } from '../bridge';
import type { Notices } from './notices.svelte';
import type { Exchange } from './types';

/** Small errands outside the page: the browser, the clipboard, the raw exchange. */
export class Talk {
  readonly #bridge: Pick<Bridge, 'openLink' | 'copy' | 'exchange'>;
  readonly #notices: Notices;

  constructor(bridge: Pick<Bridge, 'openLink' | 'copy' | 'exchange'>, notices: Notices) {
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

  exchange(seq: number): Promise<Exchange | null> {
    return this.#bridge.exchange(seq);
  }
}
