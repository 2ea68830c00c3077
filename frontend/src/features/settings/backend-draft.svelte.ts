import { Fault } from '$lib/state/fault';
import type { Library } from '$lib/state/library.svelte';
import type { BackendForm, BackendInfo, SavedBackend } from '$lib/state/types';
import { leavesNetwork } from '$lib/text/network';
import { t } from '$lib/text/strings';
import { addressFault, formOf, hasMore, originsOf, sameForm, sendable } from './backend-form';
import { keyNews } from './backend-keys';

/** What a test found at one address. */
interface Reply {
  address: string;
  info: BackendInfo | null;
  fault: Fault | null;
}

/** A backend being written down, with what a test told of it. It is the person's own: what other windows change does not touch it. */
export class BackendDraft {
  readonly #library: Library;
  #base = $state.raw<SavedBackend | undefined>();
  #replies = $state.raw<readonly Reply[]>([]);
  #refusal = $state.raw<Fault | null>(null);
  #testing = $state(false);
  #saving = $state(false);

  form = $state<BackendForm>(formOf(undefined));
  /** Whether it began with more than the obvious. */
  more = $state(false);

  constructor(library: Library, saved: SavedBackend | undefined) {
    this.#library = library;
    this.#begin(saved);
  }

  #begin(saved: SavedBackend | undefined): void {
    this.#base = saved;
    this.form = formOf(saved);
    this.more ||= hasMore(this.form);
  }

  /** What the last test found at the first address; null once that changed. */
  get info(): BackendInfo | null {
    return this.reply(this.form.url)?.info ?? null;
  }

  /** Why the last test of the first address failed. */
  get fault(): Fault | null {
    return this.reply(this.form.url)?.fault ?? null;
  }

  /** What the last test found at an address. */
  reply(address: string): Reply | undefined {
    return this.#replies.find((reply) => reply.address === address.trim());
  }

  /** Why it could not be saved. */
  get refusal(): Fault | null {
    return this.#refusal;
  }

  get testing(): boolean {
    return this.#testing;
  }

  get saving(): boolean {
    return this.#saving;
  }

  get complete(): boolean {
    const { url, replicas } = this.form;
    return url.trim() !== '' && [url, ...replicas].every((_, i) => addressFault(this.form, i - 1) === '') && this.nameFault === '';
  }

  get changed(): boolean {
    return !sameForm(this.form, formOf(this.#base));
  }

  get nameFault(): string {
    const name = this.form.name.trim().toLowerCase();
    const taken = this.#library.backends.some((other) => other.id !== this.form.id && other.name.toLowerCase() === name);
    return name !== '' && taken ? t.backends.nameTaken : '';
  }

  /** Whether the addresses alone say that pictures leave this network. */
  get outside(): boolean {
    const { url, replicas } = this.form;
    return [url, ...replicas].some((address) => this.reply(address)?.info?.public ?? leavesNetwork({ url: address }));
  }

  get public(): boolean {
    return this.form.leaves === '' ? this.outside : this.form.leaves === 'yes';
  }

  get keyHint(): string {
    if (!this.#library.keyring) return t.backends.keyRun;
    const origins = originsOf(this.form);
    if (this.form.key !== '' && origins.length > 1) return t.backends.keyAll(t.backends.list(origins));
    if (this.info?.hasKey && this.keyNews === '') return t.backends.keySaved(t.backends.list(origins));
    return this.form.key !== '' && origins[0] ? t.backends.keyFor(origins[0]) : t.backends.keyPlain;
  }

  /** That a saved key does not go along to another server. */
  get keyNews(): string {
    if (!this.#base || this.form.key !== '' || this.form.forgetKey) return '';
    return keyNews(this.#base, this.form, this.#replies.flatMap(({ info }) => info ?? []));
  }

  /** How many models the last test found. */
  get found(): string {
    const count = this.info?.models?.length ?? 0;
    return count > 0 ? t.backends.modelCount(count) : t.backends.modelNone;
  }

  get modelHint(): string {
    if (this.blind(this.form.model)) return t.backends.modelBlind(this.form.model);
    return this.info ? '' : t.backends.modelHint;
  }

  /** Whether the doctor saw that a model sees no pictures. */
  blind(model: string): boolean {
    return this.#library.blind(this.form.id, model);
  }

  /** What another window did to this backend since the form was opened. */
  get elsewhere(): '' | 'deleted' | 'changed' {
    if (!this.#base || this.#saving) return '';
    const now = this.#library.backends.find((other) => other.id === this.#base?.id);
    if (!now) return 'deleted';
    return sameForm(formOf(now), formOf(this.#base)) ? '' : 'changed';
  }

  /** Begins anew with what another window saved. */
  takeOver(): Promise<void> {
    this.#begin(this.#library.backends.find((other) => other.id === this.#base?.id));
    return this.test();
  }

  /** Asks each server for its models, and offers the first model where none is chosen. */
  async test(): Promise<void> {
    this.#testing = true;
    const { url, replicas, key, caFile } = sendable(this.form);
    const news = await Promise.all([url, ...replicas].map((address) => this.#ask(address, key, caFile)));
    this.#replies = [...this.#replies.filter((old) => !news.some((reply) => reply.address === old.address)), ...news];
    this.form.model ||= this.info?.models?.find((model) => !this.blind(model)) ?? '';
    this.#testing = false;
  }

  async #ask(address: string, key: string, caFile: string): Promise<Reply> {
    try {
      return { address, info: await this.#library.inspect(address, key, caFile), fault: null };
    } catch (reason) {
      return { address, info: null, fault: Fault.from(reason) };
    }
  }

  /** The saved backend; null when it was refused, and then there is a refusal. */
  async save(): Promise<SavedBackend | null> {
    const id = this.elsewhere === 'deleted' ? '' : this.form.id;
    this.#saving = true;
    this.#refusal = null;
    try {
      return await this.#library.saveBackend({ ...sendable(this.form), id });
    } catch (reason) {
      this.#refusal = Fault.from(reason);
      return null;
    } finally {
      this.#saving = false;
    }
  }
}
