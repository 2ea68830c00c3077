import { Fault } from '$lib/state/fault';
import type { Library } from '$lib/state/library.svelte';
import type { FoundServer } from '$lib/state/types';

/** The servers found on this machine, which the backend menu offers beside what is saved. */
export class Offers {
  readonly #library: Library;
  #found = $state.raw<readonly FoundServer[] | null>(null);

  constructor(library: Library) {
    this.#library = library;
  }

  /** null while it looks. */
  get found(): readonly FoundServer[] | null {
    return this.#found;
  }

  async look(): Promise<void> {
    try {
      this.#found = await this.#library.findServers();
    } catch {
      this.#found = [];
    }
  }
}

/** The models that one server lists. */
export class Models {
  readonly #library: Library;
  #url = '';
  #list = $state.raw<readonly string[] | null>(null);
  #fault = $state.raw<Fault | null>(null);

  constructor(library: Library) {
    this.#library = library;
  }

  /** null while they are not known yet. */
  get list(): readonly string[] | null {
    return this.#list;
  }

  get fault(): Fault | null {
    return this.#fault;
  }

  /** Asks the server at url for them; '' is the built-in, which has none. */
  look(url: string): void {
    if (url !== this.#url) this.#list = null;
    this.#url = url;
    this.#fault = null;
    if (url !== '') void this.#ask(url);
  }

  async #ask(url: string): Promise<void> {
    try {
      const { models } = await this.#library.inspect(url);
      if (url === this.#url) this.#list = models ?? [];
    } catch (reason) {
      if (url === this.#url) this.#fault = Fault.from(reason);
    }
  }
}
