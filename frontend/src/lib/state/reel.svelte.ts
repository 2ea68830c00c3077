import type { Reel } from './player.svelte';
import { Rest } from './rest';

// Half a frame and a little: nearer to a place than this nobody sees a difference.
const nearS = 0.02;

interface Side {
  video: HTMLVideoElement;
  url: string;
  segment: number;
}

/**
 * The pieces of a recording's video, on two elements in turn: one is seen while the other gets the next place ready, so that nothing flashes
 * where one piece follows another.
 */
export class VideoReel implements Reel {
  readonly #urlOf: (segment: number) => string;
  readonly #failed: () => void;
  readonly #sides: [Side, Side];
  #front = $state(0);
  #shown = $state(false);
  #coming: { segment: number; seconds: number } | null = null;
  #wanted: number | null = null;
  readonly #rest = new Rest(() => this.#settle());
  #on = false;
  #speed = 1;

  constructor(first: HTMLVideoElement, second: HTMLVideoElement, urlOf: (segment: number) => string, failed: () => void) {
    const [url, segment] = ['', -1];
    this.#sides = [{ video: first, url, segment }, { video: second, url, segment }];
    this.#urlOf = urlOf;
    this.#failed = failed;
  }

  /** Which of the two is to be seen. */
  get front(): number {
    return this.#front;
  }

  /** Whether there is a picture at all yet. */
  get shown(): boolean {
    return this.#shown;
  }

  get positionMs(): number | null {
    const { video } = this.#seen;
    return this.#coming || this.#wanted !== null || video.seeking ? null : video.currentTime * 1000;
  }

  get ended(): boolean {
    return !this.#coming && this.#seen.video.ended;
  }

  /** Listens to the elements until the returned function is called. */
  listen(): () => void {
    const abort = new AbortController();
    for (const side of this.#sides) {
      const on = (name: string, react: () => void) => side.video.addEventListener(name, react, { signal: abort.signal });
      on('loadeddata', () => side === this.#other && this.#arrive());
      on('seeked', () => (side === this.#seen ? this.#again() : this.#arrive()));
      on('error', () => side.url !== '' && this.#fall(side));
    }
    return () => {
      abort.abort();
      this.#rest.stop();
      for (const side of this.#sides) empty(side);
    };
  }

  show(segment: number, offsetMs: number): void {
    const seconds = offsetMs / 1000;
    if (segment !== this.#seen.segment || !this.#shown) return this.#fetch(segment, this.#urlOf(segment), seconds);
    this.#coming = null;
    this.#seek(seconds);
  }

  run(on: boolean, speed: number): void {
    this.#on = on;
    this.#speed = speed;
    this.#apply();
  }

  grown(segment: number): boolean {
    const url = this.#urlOf(segment);
    if (url === this.#seen.url) return false;
    this.#fetch(segment, url, this.#seen.video.currentTime);
    return true;
  }

  /** Gets a piece ready that will be wanted soon. */
  prepare(segment: number): void {
    if (this.#coming || segment === this.#seen.segment || this.#other.segment === segment) return;
    this.#load(segment, this.#urlOf(segment));
  }

  get #seen(): Side {
    return this.#sides[this.#front === 0 ? 0 : 1];
  }

  get #other(): Side {
    return this.#sides[this.#front === 0 ? 1 : 0];
  }

  #load(segment: number, url: string): void {
    const side = this.#other;
    Object.assign(side, { segment, url });
    side.video.src = url;
    side.video.load();
  }

  #fetch(segment: number, url: string, seconds: number): void {
    this.#coming = { segment, seconds };
    if (this.#other.url !== url) this.#load(segment, url);
    else this.#arrive();
  }

  // The other side has a picture: it goes to the place that is wanted, and is seen when it is there.
  #arrive(): void {
    const { video } = this.#other;
    if (!this.#coming || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.seeking) return;
    const seconds = Math.min(this.#coming.seconds, Math.max(0, (video.duration || Infinity) - nearS));
    if (Math.abs(video.currentTime - seconds) > nearS) return this.#goTo(video, seconds);
    this.#coming = null;
    this.#seen.video.pause();
    this.#front = this.#front === 0 ? 1 : 0;
    this.#shown = true;
    this.#apply();
  }

  // Places that come faster than they can be shown wait here, and only the newest is gone to.
  #seek(seconds: number): void {
    const { video } = this.#seen;
    if (video.seeking) this.#wanted = seconds;
    else if (Math.abs(video.currentTime - seconds) > nearS || video.ended) this.#goTo(video, seconds);
  }

  #goTo(video: HTMLVideoElement, seconds: number): void {
    video.currentTime = seconds;
    this.#rest.note();
  }

  // WebKitGTK can lose the picture of a paused video when one place follows another quickly: going there once more brings it back. Exactly
  // where it is already it does not go.
  #settle(): boolean {
    const { video } = this.#seen;
    if (this.#on) return true;
    if (this.#coming || video.seeking) return false;
    video.currentTime += video.currentTime > 0.01 ? -0.002 : 0.002;
    return true;
  }

  #again(): void {
    const wanted = this.#wanted;
    this.#wanted = null;
    if (wanted !== null) this.#seek(wanted);
    this.#apply();
  }

  #apply(): void {
    const { video } = this.#seen;
    if (!this.#shown) return;
    if (video.playbackRate !== this.#speed) video.playbackRate = this.#speed;
    // Refused only where the element is about to get another source, which is played then.
    if (this.#on && !this.#coming && video.paused && !video.ended) void video.play().catch(() => undefined);
    else if ((!this.#on || this.#coming) && !video.paused) video.pause();
  }

  #fall(side: Side): void {
    // What was only got ready is tried again when it is wanted.
    if (side === this.#other && !this.#coming) empty(side);
    else this.#failed();
  }
}

// Without its source an element lets go of the decoder and of the connection.
function empty(side: Side): void {
  Object.assign(side, { segment: -1, url: '' });
  side.video.removeAttribute('src');
  side.video.load();
}
