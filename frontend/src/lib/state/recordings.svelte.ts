import { h } from '$lib/text/strings-history';
import { lastPart, nameOf } from '$lib/text/recording';
import { Fault, type Bridge } from '../bridge';
import { Finder } from './finder.svelte';
import type { Notices } from './notices.svelte';
import { Opened } from './opened.svelte';
import type { ExportForm, Recording, Shelf } from './types';

const busyMs = 3000;

/** All recordings there are, and what can be done with them. */
export class Recordings {
  readonly finder: Finder;
  readonly #bridge: Bridge;
  readonly #notices: Notices;
  #shelf = $state.raw<Shelf | null>(null);
  #fault = $state.raw<Fault | null>(null);
  /** Where the list was scrolled to, for who comes back to it. */
  place = 0;

  constructor(bridge: Bridge, notices: Notices) {
    this.#bridge = bridge;
    this.#notices = notices;
    this.finder = new Finder(bridge);
  }

  /** null before they are known. */
  get shelf(): Shelf | null {
    return this.#shelf;
  }

  get all(): readonly Recording[] {
    return this.#shelf?.recordings ?? [];
  }

  get fault(): Fault | null {
    return this.#fault;
  }

  /** Keeps the list up to date until the returned function is called: at once, and again and again while something is being recorded. */
  follow(): () => void {
    const timer = setInterval(() => this.all.some(({ busy }) => busy) && !document.hidden && void this.load(), busyMs);
    void this.load();
    return () => clearInterval(timer);
  }

  async load(): Promise<void> {
    try {
      this.#shelf = await this.#bridge.recordings();
      this.#fault = null;
    } catch (reason) {
      this.#fault = Fault.from(reason);
    }
  }

  /** One recording, to be looked at. */
  open(id: string): Opened {
    return new Opened(this.#bridge, id);
  }

  pictureUrl(id: string, picture: string): string {
    return this.#bridge.recordedPicture(id, picture);
  }

  rename(id: string, title: string): Promise<boolean> {
    return this.#change(() => this.#bridge.renameRecording(id, title));
  }

  keep(id: string, on: boolean): Promise<boolean> {
    return this.#change(() => this.#bridge.keepRecording(id, on));
  }

  async remove(recording: Recording): Promise<boolean> {
    const done = await this.#notices.guard(() => this.#bridge.deleteRecording(recording.id));
    if (!done) return false;
    this.#put(this.all.filter(({ id }) => id !== recording.id));
    this.#notices.say(h.item.deleted(nameOf(recording)));
    void this.finder.again();
    void this.load();
    return true;
  }

  reveal(id: string): void {
    void this.#notices.guard(() => this.#bridge.revealRecording(id));
  }

  async import(): Promise<void> {
    await this.#notices.guard(async () => {
      const recording = await this.#bridge.importRecording();
      if (!recording) return;
      this.#notices.say(h.list.imported(nameOf(recording)));
      await this.load();
    });
  }

  /** Lets the person choose the file and writes it; false when they changed their mind. Rejects with the fault to show beside the form. */
  async export(form: Omit<ExportForm, 'to'>, name: string, begun: () => void): Promise<boolean> {
    const to = await this.#bridge.pickExport(name);
    if (to === '') return false;
    begun();
    const { files, note } = await this.#bridge.exportRecording({ ...form, to });
    this.#notices.add({ code: 'exported', message: h.exports.done((files ?? [to]).map(lastPart)), hint: note }, true);
    return true;
  }

  #change(call: () => Promise<Recording>): Promise<boolean> {
    return this.#notices.guard(async () => {
      const changed = await call();
      this.#put(this.all.map((one) => (one.id === changed.id ? changed : one)));
    });
  }

  #put(recordings: Recording[]): void {
    if (this.#shelf) this.#shelf = { ...this.#shelf, recordings };
  }
}
