import { placeAt, type Place, type Segment } from '$lib/text/segments';

/** What shows the pieces of video. */
export interface Reel {
  /** Shows a piece at an offset. */
  show(segment: number, offsetMs: number): void;
  run(on: boolean, speed: number): void;
  /** How far it is in the piece it shows; null while it looks for a place. */
  readonly positionMs: number | null;
  /** It showed the piece to its end. */
  readonly ended: boolean;
  /** Looks whether there is more of a piece than when it was begun; false where there is not. */
  grown(segment: number): boolean;
}

/** What is played: how long it is, its pieces of video, and where it has pictures to show where there is no video. */
export interface Film {
  lengthMs: number;
  segments: readonly Segment[];
  pictured: (fromMs: number, toMs: number) => boolean;
}

export const speeds = [0.5, 1, 2, 4, 8] as const;

/** Plays a recording: over its pieces of video, and where there is none by a clock of its own. */
export class Player {
  readonly #what: () => Film;
  #film = $derived.by(() => this.#what());
  #reel: Reel | null = null;
  /** The piece that the reel was told to show last. */
  #cued = -1;
  #time = $state(0);
  #playing = $state(false);
  #speed = $state(1);

  #place = $derived(placeAt(this.#film.segments, this.#time, this.#film.lengthMs));

  /** What is played may grow, and its video may turn out not to be playable. */
  constructor(film: () => Film) {
    this.#what = film;
  }

  get timeMs(): number {
    return this.#time;
  }

  get lengthMs(): number {
    return Math.max(this.#film.lengthMs, this.#time);
  }

  get playing(): boolean {
    return this.#playing;
  }

  get speed(): number {
    return this.#speed;
  }

  /** Where it is among the pieces of video. */
  get place(): Place {
    return this.#place;
  }

  /** Shows the video through a reel until the returned function is called. */
  attach(reel: Reel): () => void {
    this.#reel = reel;
    this.#cue();
    return () => (this.#reel = null);
  }

  toggle(): void {
    if (this.#playing) return this.pause();
    if (this.#time >= this.#film.lengthMs - 50) this.#time = 0;
    this.#playing = true;
    this.#cue();
  }

  pause(): void {
    this.#playing = false;
    this.#reel?.run(false, this.#speed);
  }

  seek(ms: number): void {
    this.#time = Math.min(this.lengthMs, Math.max(0, ms));
    this.#cue();
  }

  setSpeed(speed: number): void {
    this.#speed = speed;
    this.#reel?.run(this.#running, speed);
  }

  /** The next speed up or down. */
  shift(by: 1 | -1): void {
    const at = speeds.findIndex((speed) => speed === this.#speed);
    this.setSpeed(speeds[Math.min(speeds.length - 1, Math.max(0, at + by))] ?? 1);
  }

  /** Goes on by what has passed since the last time. Called once an animation frame while it plays. */
  advance(passedMs: number): void {
    if (!this.#playing) return;
    const place = this.#place;
    if (place.segment !== this.#cued) this.#cue();
    else if (place.segment < 0) this.#tick(place, passedMs * this.#speed);
    else if (this.#reel) this.#follow(this.#reel, place);
  }

  get #running(): boolean {
    return this.#playing && this.#place.segment >= 0;
  }

  // The video tells the time. A piece that is told to be longer than its file ends with the file.
  #follow(reel: Reel, place: Place): void {
    const position = reel.positionMs;
    if (position === null) return;
    const at = place.fromMs + position;
    // A place that was asked for may be shown from the picture before it on: time does not go back for that.
    if (at > this.#time || this.#time - at > 1000) this.#time = at;
    if (!reel.ended && at < place.toMs) return;
    if (!reel.ended || !reel.grown(place.segment)) this.#pass(place.toMs);
  }

  #tick(place: Place, passed: number): void {
    const next = this.#time + passed;
    const worth = this.#film.segments.length === 0 || this.#film.pictured(place.fromMs, place.toMs);
    if (worth && next < place.toMs) this.#time = next;
    else this.#pass(place.toMs);
  }

  // On to what follows; nobody waits through a gap where there is nothing to see.
  #pass(ms: number): void {
    this.#time = Math.min(ms, this.#film.lengthMs);
    if (ms >= this.#film.lengthMs) this.pause();
    else this.#cue();
  }

  #cue(): void {
    const { segment, offsetMs } = this.#place;
    this.#cued = segment;
    if (segment >= 0) this.#reel?.show(segment, offsetMs);
    this.#reel?.run(this.#running, this.#speed);
  }
}
