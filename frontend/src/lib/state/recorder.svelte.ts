import type { Bridge } from '../bridge';
import type { Notices } from './notices.svelte';
import type { RecordingState } from './types';

const nothing: RecordingState = {
  ...{ on: false, id: '', sinceMs: 0, bytes: 0, answers: 0 },
  ...{ missed: 0, lowDisk: false, preRollMs: 0, preRollBytes: 0 },
};

/** The recording of this window's session. */
export class Recorder {
  readonly #bridge: Pick<Bridge, 'record'>;
  readonly #notices: Notices;
  #now = $state.raw(nothing);

  constructor(bridge: Pick<Bridge, 'record'>, notices: Notices) {
    this.#bridge = bridge;
    this.#notices = notices;
  }

  get now(): RecordingState {
    return this.#now;
  }

  load(state: RecordingState): void {
    this.#now = state;
  }

  toggle(): Promise<boolean> {
    const on = this.#now.on;
    return this.#notices.guard(() => this.#bridge.record(!on));
  }
}
