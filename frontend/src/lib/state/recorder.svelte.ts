import { length } from '$lib/text/format';
import { t } from '$lib/text/strings';
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
  // The person has ended it: when it is over, they are told where it is.
  #ending = false;

  constructor(bridge: Pick<Bridge, 'record'>, notices: Notices) {
    this.#bridge = bridge;
    this.#notices = notices;
  }

  get now(): RecordingState {
    return this.#now;
  }

  load(state: RecordingState): void {
    const { on, sinceMs } = this.#now;
    if (this.#ending && on && !state.on) {
      this.#ending = false;
      this.#notices.add({ code: 'recording.saved', message: t.recording.saved(length(Date.now() - sinceMs)), hint: t.recording.savedHint }, true);
    }
    this.#now = state;
  }

  toggle(): Promise<boolean> {
    const on = this.#now.on;
    this.#ending = on;
    return this.#notices.guard(() => this.#bridge.record(!on));
  }
}
