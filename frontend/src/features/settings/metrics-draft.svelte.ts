import { Fault } from '$lib/state/fault';
import type { Library } from '$lib/state/library.svelte';
import type { MetricsState } from '$lib/state/types';
import { onlyHere, randomToken } from '$lib/text/serving';
import { t } from '$lib/text/strings';

type Saved = Pick<Library, 'metrics' | 'metricsState' | 'setMetrics' | 'keyring'>;

/** What is told to Prometheus, while a person changes it. */
export class MetricsDraft {
  readonly #library: Saved;
  #typed = $state<string | null>(null);
  #token = $state('');
  #made = $state(false);
  #now = $state.raw<MetricsState | null>(null);
  #fault = $state.raw<Fault | null>(null);
  #saving = $state(false);

  constructor(library: Saved) {
    this.#library = library;
  }

  /** As typed, or else as saved: another window may change it. */
  get address(): string {
    return this.#typed ?? this.#library.metrics.address;
  }

  set address(text: string) {
    this.#typed = text;
    this.#fault = null;
  }

  /** Only what is typed or made here: what is saved never comes back. */
  get token(): string {
    return this.#token;
  }

  set token(text: string) {
    this.#token = text;
    this.#made = false;
    this.#fault = null;
  }

  /** The token was made here and is shown, to be copied. */
  get made(): boolean {
    return this.#made;
  }

  get saving(): boolean {
    return this.#saving;
  }

  get changed(): boolean {
    return this.#token.trim() !== '' || this.address.trim() !== this.#library.metrics.address;
  }

  /** The address it is told at; empty: nowhere. */
  get serving(): string {
    return this.#library.metrics.on ? (this.#now?.serving ?? '') : '';
  }

  get addressFault(): string {
    return this.#said('metrics.address', 'metrics.taken');
  }

  get tokenFault(): string {
    return this.#said('metrics.token');
  }

  /** What was refused and belongs to no field. */
  get otherFault(): Fault | null {
    return this.addressFault || this.tokenFault ? null : this.#fault;
  }

  get tokenHint(): string {
    const run = this.#library.keyring ? '' : t.metrics.tokenRun;
    if (this.#made) return [t.metrics.tokenMade, run].filter(Boolean).join(' ');
    if (this.#token !== '') return run;
    // A token belongs to the address it was saved for.
    if (this.#now?.hasToken && this.address.trim() === this.#now.address) return t.metrics.tokenSaved;
    return onlyHere(this.address) ? t.metrics.tokenPlain : t.metrics.tokenNeeded;
  }

  /** Looks up what the settings do not tell: where it serves, and whether a token is kept. */
  async load(): Promise<void> {
    try {
      this.#now = await this.#library.metricsState();
    } catch (reason) {
      this.#fault = Fault.from(reason);
    }
  }

  make(): void {
    this.token = randomToken();
    this.#made = true;
  }

  /** Keeps what is typed; false when it was refused. */
  save(): Promise<boolean> {
    return this.#send(this.#library.metrics.on, true);
  }

  /** Switching on takes what is typed; switching off does not, so that nothing typed is in its way. */
  turn(on: boolean): Promise<boolean> {
    return this.#send(on, on);
  }

  async #send(on: boolean, typed: boolean): Promise<boolean> {
    if (this.#saving) return false;
    this.#saving = true;
    this.#fault = null;
    const saved = this.#library.metrics.address;
    try {
      this.#now = await this.#library.setMetrics({ on, address: typed ? this.address.trim() : saved, token: typed ? this.#token.trim() : '' });
      if (typed) this.#typed = null;
      if (typed) this.#token = '';
      if (typed) this.#made = false;
      return true;
    } catch (reason) {
      this.#fault = Fault.from(reason);
      return false;
    } finally {
      this.#saving = false;
    }
  }

  #said(...codes: string[]): string {
    const fault = this.#fault;
    return fault && codes.includes(fault.code) ? [fault.message, fault.hint].filter(Boolean).join(' ') : '';
  }
}
