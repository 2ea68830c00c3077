import { currentAt, pictureAt, saying, stepFrom } from '$lib/text/entries';
import { has, wordsOf } from '$lib/text/find';
import type { Segment } from '$lib/text/segments';
import { Clip } from './clip.svelte';
import type { Opened } from './opened.svelte';
import { Player } from './player.svelte';
import type { Entry } from './types';

const none: readonly Segment[] = [];
/** Who steps back within this long after an answer began means the one before. */
const backMs = 800;
/** For this long words stand on the picture: after that it may show something else. */
const lifeMs = 15_000;

/** Watching one recording: where it is, what is answered there, and which answers are looked for. */
export class Watch {
  readonly opened: Opened;
  readonly player: Player;
  readonly clip = new Clip();
  /** What is looked for among its answers. */
  typed = $state('');
  /** The answer that is read in full. */
  read = $state.raw<Entry | null>(null);
  /** Whether the answer of the moment stands on the picture. */
  captions = $state(true);
  /** Its video cannot be played here: 'missing' where there is no decoder, 'broken' where it failed. */
  trouble = $state<'' | 'missing' | 'broken'>('');

  #words = $derived(wordsOf(this.typed));
  #shown = $derived(this.#words.length === 0 ? this.#told : this.#told.filter((entry) => has(saying(entry), this.#words)));
  #current = $derived.by(() => currentAt(this.#shown, this.player.timeMs));

  constructor(opened: Opened) {
    this.opened = opened;
    this.player = new Player(() => ({ lengthMs: this.#lengthMs, segments: this.segments, pictured: (from, to) => this.#pictured(from, to) }));
  }

  /** The pieces of video that can be played. */
  get segments(): readonly Segment[] {
    const { recording } = this.opened;
    return recording?.video && this.trouble === '' ? (recording.segments ?? none) : none;
  }

  get words(): readonly string[] {
    return this.#words;
  }

  /** The answers that are listed: all that say something, or those that have the words. */
  get shown(): readonly Entry[] {
    return this.#shown;
  }

  /** The place of the current answer among the listed ones; -1 before the first. */
  get current(): number {
    return this.#current;
  }

  /** The words to stand on the picture now; '' for none. */
  get caption(): string {
    if (!this.captions) return '';
    const told = this.#told;
    const entry = told[currentAt(told, this.player.timeMs)];
    const fresh = entry && this.player.timeMs - entry.at_ms < lifeMs;
    return fresh && entry.outcome !== 'failed' ? (entry.text ?? '') : '';
  }

  /** The stored picture to show where there is no video. */
  get slide(): Entry | undefined {
    const { place, timeMs } = this.player;
    return pictureAt(this.opened.pictured, timeMs, place.fromMs, place.toMs + 1);
  }

  /** To the next listed answer or the one before. */
  step(by: 1 | -1): void {
    const { playing, speed, timeMs } = this.player;
    const to = stepFrom(this.#shown, timeMs, by, playing ? backMs * speed : 0);
    if (to !== undefined) this.player.seek(to);
    else if (by < 0) this.player.seek(0);
  }

  get #told(): readonly Entry[] {
    return this.opened.told;
  }

  get #lengthMs(): number {
    const last = this.opened.entries?.at(-1)?.at_ms ?? 0;
    return Math.max(this.opened.recording?.lengthMs ?? 0, last);
  }

  #pictured(fromMs: number, toMs: number): boolean {
    return this.opened.pictured.some(({ at_ms }) => at_ms >= fromMs && at_ms < toMs);
  }
}
