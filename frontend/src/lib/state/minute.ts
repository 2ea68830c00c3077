import { meanSample, noSample, type Sample } from './look';

/** Seconds from one mark to the next. */
const step = 1;
/** The marks of a minute. */
export const marks = 60 / step;

/** The last minute in seconds, however often the machine is looked at: what a small line is drawn from, once a second. */
export class Minute {
  #marks: readonly Sample[] = [];
  /** When the newest mark ends, in seconds. */
  #end = 0;
  #since: Sample[] = [];

  get marks(): readonly Sample[] {
    return this.#marks;
  }

  /** Takes a look at a time in seconds; `gap`: nobody looked between the one before and this one. */
  add(look: Sample, at: number, gap: boolean): void {
    const away = Math.abs(at - this.#end) > 60;
    if (away || at < this.#end - 2 * step) this.#end = at - step;
    if (away) this.#marks = [];
    if (gap) this.#since = [];
    this.#since.push(look);
    const steps = Math.round((at - this.#end) / step);
    if (steps < 1) return;
    const mark = meanSample(this.#since);
    const missed = Array<Sample>(steps - 1).fill(gap ? noSample : mark);
    this.#marks = [...this.#marks, ...missed, mark].slice(-marks);
    this.#end += steps * step;
    this.#since = [];
  }
}
