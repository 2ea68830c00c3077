import type { Bridge } from '../bridge';
import type { Notices } from './notices.svelte';
import type { Choices, WindowChoices } from './types';

const nothing: WindowChoices = {
  version: 0,
  id: '',
  source: '',
  cameraOn: true,
  backend: 'builtin:',
  model: '',
  prompt: '',
  system: '',
  pace: '2s',
  asking: false,
  maxTokens: 0,
  imageEdge: 640,
  imageQuality: 80,
  rotate: 0,
  mirror: false,
  boxes: false,
  overlay: 'bottom',
};

/** This window's own choices. A change shows at once and is undone when the program refuses it. */
export class WindowState {
  #bridge: Pick<Bridge, 'choose'>;
  #notices: Notices;
  #known = $state.raw<WindowChoices>(nothing);
  #ahead = $state.raw<Choices>({});
  #open = 0;
  #queue: Promise<unknown> = Promise.resolve();

  #now = $derived<WindowChoices>({ ...this.#known, ...this.#ahead });

  constructor(bridge: Pick<Bridge, 'choose'>, notices: Notices) {
    this.#bridge = bridge;
    this.#notices = notices;
  }

  get now(): WindowChoices {
    return this.#now;
  }

  load(choices: WindowChoices): void {
    this.#known = choices;
  }

  /** Changes some choices, one call after the other: the program answers calls in no promised order. */
  choose(choices: Choices): Promise<boolean> {
    this.#ahead = { ...this.#ahead, ...choices };
    this.#open++;
    const done = this.#queue.then(() => this.#send(choices));
    this.#queue = done;
    return done;
  }

  async #send(choices: Choices): Promise<boolean> {
    const done = await this.#notices.guard(async () => {
      this.#known = await this.#bridge.choose(choices);
    });
    if (--this.#open === 0) this.#ahead = {};
    return done;
  }
}
