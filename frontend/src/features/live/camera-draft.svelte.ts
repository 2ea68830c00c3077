import type { App } from '$lib/state/app';
import { Fault } from '$lib/state/fault';
import { cameraAddressError, takenApart } from '$lib/text/sources';
import { s } from '$lib/text/strings-sources';

/** A network camera as it is being typed. */
export class CameraDraft {
  readonly #page: App;
  url = $state('');
  user = $state('');
  password = $state('');
  #typing = $state(false);
  #known = $state(false);
  #saving = $state(false);
  #fault = $state.raw<Fault | null>(null);

  constructor(page: App, url: string) {
    this.#page = page;
    this.url = url;
    void this.#look();
  }

  /** A login is saved for it. */
  get known(): boolean {
    return this.#known;
  }

  get saving(): boolean {
    return this.#saving;
  }

  /** Why it was refused. */
  get fault(): Fault | null {
    return this.#fault;
  }

  get addressFault(): string {
    const error = this.#typing ? '' : cameraAddressError(this.url);
    return error && s.camera[error];
  }

  get complete(): boolean {
    return this.url.trim() !== '' && cameraAddressError(this.url) === '';
  }

  /** What becomes of the login. */
  get loginHint(): string {
    if (!this.#known) return this.#page.library.keyring ? s.camera.kept : s.camera.keptRun;
    return this.refused ? s.camera.refused : s.camera.known;
  }

  /** The camera did not take the login that is saved. */
  get refused(): boolean {
    const { uri, fault } = this.#page.session.source;
    return this.#known && fault?.code === 'source.login' && uri === this.url.trim();
  }

  /** The address while it is being typed: nothing is wrong with it yet. */
  type(url: string): void {
    this.url = url;
    this.#typing = true;
  }

  /** Takes a login out of the address into its own fields, and looks whether one is saved. */
  tidy(): void {
    this.#typing = false;
    const { url, user, password } = takenApart(this.url);
    this.url = url;
    if (user !== '') [this.user, this.password] = [user, password];
    void this.#look();
  }

  async forget(): Promise<void> {
    if (await this.#page.sources.forgetCamera(this.url.trim())) {
      this.#known = false;
      this.#page.notices.say(s.camera.forgotten);
    }
  }

  /** Saves the login and watches the camera; false where it was refused. */
  async watch(): Promise<boolean> {
    this.tidy();
    if (!this.complete || this.#saving) return false;
    this.#saving = true;
    this.#fault = null;
    const { session, sources, notices } = this.#page;
    try {
      const { uri, persisted } = await sources.saveAddress({ url: this.url, user: this.user.trim(), password: this.password });
      if (!persisted && this.#page.library.keyring) notices.say(s.camera.runOnly);
      // What is open was opened anew with its new login.
      const open = uri === session.source.uri && session.window.cameraOn && this.password !== '';
      return open || (await session.watch(uri));
    } catch (reason) {
      this.#fault = Fault.from(reason);
      return false;
    } finally {
      this.#saving = false;
    }
  }

  async #look(): Promise<void> {
    const { url } = this;
    const known = this.complete && (await this.#page.sources.hasLogin(url.trim()));
    if (url === this.url) this.#known = known;
  }
}
