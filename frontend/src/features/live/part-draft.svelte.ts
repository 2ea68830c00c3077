import { centre, dragged, drawn, keyed, moved, type Handle, type Region } from '$lib/text/regions';

interface Point {
  x: number;
  y: number;
}

/** What is taken hold of: a side or a corner, all of it, or nothing: then another part is drawn. */
export type Grip = Handle | 'move' | 'draw';

/** The part of the picture that is asked about, while it is drawn. Points are in fractions of the picture. */
export class PartDraft {
  #region = $state.raw<Region | null>(null);
  #hold = $state.raw<{ at: Point; of: Region | null; grip: Grip } | null>(null);

  constructor(region: Region | null) {
    this.#region = region;
  }

  /** null before anything is drawn. */
  get region(): Region | null {
    return this.#region;
  }

  /** The pointer is at work. */
  get held(): boolean {
    return this.#hold !== null;
  }

  take(at: Point, grip: Grip): void {
    this.#hold = { at, of: this.#region, grip };
  }

  drag(to: Point): void {
    if (!this.#hold) return;
    const { at, of, grip } = this.#hold;
    if (grip === 'draw' || !of) this.#region = drawn(at, to) ?? of;
    else if (grip === 'move') this.#region = moved(of, to.x - at.x, to.y - at.y);
    else this.#region = dragged(of, grip, to.x - at.x, to.y - at.y);
  }

  drop(): void {
    this.#hold = null;
  }

  /** An arrow key moves it or changes its size; where nothing is drawn yet it begins in the middle. False for another key. */
  key(event: { key: string; shiftKey: boolean; ctrlKey: boolean }): boolean {
    const changed = keyed(this.#region ?? centre, event);
    if (changed) this.#region = this.#region ? changed : centre;
    return changed !== null;
  }
}
