import { Fault } from '$lib/state/fault';
import type { Library } from '$lib/state/library.svelte';
import type { FoundServer } from '$lib/state/types';

/** What the backend menu offers beside what is saved: the models of the present one, and servers found on this machine. */
export class Offers {
  readonly #library: Library;
  #url = '';
  #models = $state.raw<readonly string[] | null>(null);
  #fault = $state.raw<Fault | null>(null);
  #found = $state.raw<readonly FoundServer[] | null>(null);

  constructor(library: Library) {
    this.#library = library;
  }

  /** null while they are not known yet. */
  get models(): readonly string[] | null {
    return this.#models;
  }

  get fault(): Fault | null {
    return this.#fault;
  }

  /** null while it looks. */
  get found(): readonly FoundServer[] | null {
    return this.#found;
  }

  /** Looks for what can be offered beside the backend at url; '' is the built-in one. */
  look(url: string): void {
    void this.#findServers();
    if (url !== this.#url) this.#models = null;
    this.#url = url;
    this.#fault = null;
    if (url !== '') void this.#listModels(url);
  }

  async #findServers(): Promise<void> {
    try {
      this.#found = await this.#library.findServers();
    } catch {
      this.#found = [];
    }
  }

  async #listModels(url: string): Promise<void> {
    try {
      const { models } = await this.#library.inspect(url);
      if (url === this.#url) this.#models = models ?? [];
    } catch (reason) {
      if (url === this.#url) this.#fault = Fault.from(reason);
    }
  }
}
