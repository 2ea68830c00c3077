import { renewed, type Entry, type Offered } from '$lib/text/sources';
import { s } from '$lib/text/strings-sources';
import { Fault, type Bridge } from '../bridge';
import type { Notices } from './notices.svelte';
import type { CameraAddress, Device, KnownAddress, LineError } from './types';

type Errands = Pick<
  Bridge,
  'sources' | 'pickFolder' | 'pickVideo' | 'pickProgram' | 'saveAddress' | 'hasLogin' | 'forgetCamera' | 'savePicture' | 'revealPicture'
>;

const renewMs = 2000;
/** A list that is there so soon after it was asked for may stand as it is: nobody has aimed at anything yet. */
const soonMs = 400;
const none: readonly Entry<Device>[] = [];

/** What can be watched, logins to network cameras, and keeping the picture that is seen. */
export class Sources {
  readonly #bridge: Errands;
  readonly #notices: Notices;
  #offered = $state.raw<Offered<Device> | null>(null);
  #fault = $state.raw<LineError | null>(null);

  constructor(bridge: Errands, notices: Notices) {
    this.#bridge = bridge;
    this.#notices = notices;
  }

  /** It has looked once. */
  get looked(): boolean {
    return this.#offered !== null || this.#fault !== null;
  }

  /** What is listed, in an order that stays while it is followed. */
  get known(): readonly Entry<Device>[] {
    return this.#offered?.known ?? none;
  }

  /** What came while it was followed. */
  get fresh(): readonly Entry<Device>[] {
    return this.#offered?.fresh ?? none;
  }

  /** Why not all is listed. */
  get fault(): LineError | null {
    return this.#fault;
  }

  /** Looks again and again until the returned function is called. */
  follow(): () => void {
    const begun = performance.now();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const look = async (first: boolean) => {
      const { devices, fault } = await this.#bridge.sources().catch((reason: unknown) => ({ devices: null, fault: Fault.from(reason) }));
      if (over) return;
      this.#fault = fault;
      const soon = first && performance.now() - begun < soonMs;
      if (devices) this.#offered = renewed(soon ? null : this.#offered, devices);
      timer = setTimeout(() => void look(false), renewMs);
    };
    void look(true);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }

  /** A folder of pictures the person picks, as a URI; empty when they changed their mind. */
  pickFolder(): Promise<string> {
    return this.#bridge.pickFolder();
  }

  /** Likewise, a video. */
  pickVideo(): Promise<string> {
    return this.#bridge.pickVideo();
  }

  /** A program the person picks; empty when they changed their mind. */
  pickProgram(): Promise<string> {
    return this.#bridge.pickProgram();
  }

  /** Keeps the login of a network camera and gives the URI that opens it. Rejects with the fault to show beside the form. */
  saveAddress(address: CameraAddress): Promise<KnownAddress> {
    return this.#bridge.saveAddress(address);
  }

  /** Whether a login is saved for a camera; where that is not known there is none. */
  hasLogin(uri: string): Promise<boolean> {
    return this.#bridge.hasLogin(uri).catch(() => false);
  }

  forgetCamera(uri: string): Promise<boolean> {
    return this.#notices.guard(() => this.#bridge.forgetCamera(uri));
  }

  /** Keeps the picture that is seen, and says where. */
  async keepPicture(): Promise<void> {
    await this.#notices.guard(async () => {
      const path = await this.#bridge.savePicture();
      const name = path.split(/[/\\]/).at(-1) ?? path;
      this.#notices.say(s.picture.saved(name), { label: s.picture.show, run: () => this.#reveal(path) });
    });
  }

  #reveal(path: string): void {
    void this.#notices.guard(() => this.#bridge.revealPicture(path));
  }
}
