import { MediaQuery } from 'svelte/reactivity';
import type { Library } from './library.svelte';

/** Light or dark, as the person or their system wants it. */
export class Theme {
  readonly #library: Library;
  readonly #systemDark = new MediaQuery('prefers-color-scheme: dark');

  constructor(library: Library) {
    this.#library = library;
  }

  get shown(): 'light' | 'dark' {
    const wanted = this.#library.theme;
    if (wanted === 'auto') return this.#systemDark.current ? 'dark' : 'light';
    return wanted;
  }

  /** Puts it on the page. */
  apply(): void {
    document.documentElement.dataset['theme'] = this.shown;
  }
}
