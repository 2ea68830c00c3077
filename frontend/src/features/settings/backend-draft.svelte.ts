import { Fault } from '$lib/state/fault';
import type { Library } from '$lib/state/library.svelte';
import type { BackendInfo, SavedBackend } from '$lib/state/types';
import { looksPublic, originOf, typedUrl } from '$lib/text/network';
import { t } from '$lib/text/strings';

/** A backend being written down, with what a test told of it. */
export class BackendDraft {
  readonly #library: Library;
  readonly #id: string;

  name = $state('');
  url = $state('');
  key = $state('');
  model = $state('');
  forgetKey = $state(false);

  #info = $state.raw<BackendInfo | null>(null);
  #testedUrl = $state('');
  #fault = $state.raw<Fault | null>(null);
  #busy = $state(false);

  constructor(library: Library, saved: SavedBackend | undefined) {
    this.#library = library;
    this.#id = saved?.id ?? '';
    this.name = saved?.name ?? '';
    this.url = saved?.url ?? '';
    this.model = saved?.model ?? '';
  }

  /** What the last test found; null once the address changed. */
  get info(): BackendInfo | null {
    return this.url.trim() === this.#testedUrl ? this.#info : null;
  }

  get fault(): Fault | null {
    return this.#fault;
  }

  get busy(): boolean {
    return this.#busy;
  }

  get complete(): boolean {
    return typedUrl(this.url) !== null;
  }

  get public(): boolean {
    return this.info?.public ?? looksPublic(this.url);
  }

  get keyHint(): string {
    if (!this.#library.keyring) return t.backends.keyRun;
    const origin = originOf(this.info?.url ?? this.url);
    if (this.info?.hasKey) return t.backends.keySaved(origin);
    return this.key !== '' && origin !== '' ? t.backends.keyFor(origin) : t.backends.keyPlain;
  }

  get modelHint(): string {
    const models = this.info?.models;
    if (!this.info) return t.backends.modelHint;
    return models && models.length > 0 ? t.backends.modelCount(models.length) : t.backends.modelNone;
  }

  /** Asks the server for its models, and offers the first where none is chosen. */
  test(): Promise<boolean> {
    return this.#try(async () => {
      const tested = this.url.trim();
      this.#info = await this.#library.inspect(tested, this.key);
      this.#testedUrl = tested;
      this.model ||= this.#info.models?.[0] ?? '';
    });
  }

  /** The saved backend; null when it was refused, and then there is a fault. */
  async save(): Promise<SavedBackend | null> {
    let saved: SavedBackend | null = null;
    await this.#try(async () => {
      const { name, url, key, forgetKey, model } = this;
      saved = await this.#library.saveBackend({ id: this.#id, name: name.trim(), url: url.trim(), key, forgetKey, model: model.trim() });
    });
    return saved;
  }

  async #try(call: () => Promise<void>): Promise<boolean> {
    this.#busy = true;
    this.#fault = null;
    try {
      await call();
      return true;
    } catch (reason) {
      this.#fault = Fault.from(reason);
      return false;
    } finally {
      this.#busy = false;
    }
  }
}
