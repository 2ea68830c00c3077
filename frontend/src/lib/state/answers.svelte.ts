import { isListed } from '$lib/text/rows';
import type { Row } from './types';

/** How many answers the window keeps. */
export const kept = 500;

interface Piece {
  text: string;
  thinking: string;
}

/** The answers, newest first. Streamed pieces are gathered and added once an animation frame. */
export class Answers {
  #rows = $state.raw<readonly Row[]>([]);
  #finished = $state.raw<Row | null>(null);
  // Nothing is drawn from the pieces themselves.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  #pieces = new Map<number, Piece>();
  #frame = 0;

  get rows(): readonly Row[] {
    return this.#rows;
  }

  /** The last one that ended while the window watched. */
  get finished(): Row | null {
    return this.#finished;
  }

  load(rows: readonly Row[]): void {
    this.#pieces.clear();
    this.#rows = rows.filter(isListed).slice(0, kept);
  }

  /** Adds a row, or replaces the one of the same number. */
  put(row: Row): void {
    const known = this.#rows.find((other) => other.seq === row.seq);
    // While it is answered, what was streamed stands; its end brings the whole text.
    if (row.pending && known) row = { ...row, text: known.text ?? '', thinking: known.thinking ?? '' };
    else this.#pieces.delete(row.seq);
    const others = this.#rows.filter((other) => other.seq !== row.seq);
    if (isListed(row)) {
      const at = others.findIndex((other) => other.seq < row.seq);
      others.splice(at < 0 ? others.length : at, 0, row);
      if (!row.pending) this.#finished = row;
    }
    this.#rows = others.slice(0, kept);
  }

  /** Takes a streamed piece of an answer; it shows with the next animation frame. */
  append(seq: number, text: string, thinking: string): void {
    const piece = this.#pieces.get(seq) ?? { text: '', thinking: '' };
    this.#pieces.set(seq, { text: piece.text + text, thinking: piece.thinking + thinking });
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#flush());
  }

  #flush(): void {
    this.#frame = 0;
    if (this.#pieces.size === 0) return;
    this.#rows = this.#rows.map((row) => {
      const piece = this.#pieces.get(row.seq);
      return piece ? grown(row, piece) : row;
    });
    this.#pieces.clear();
  }
}

function grown(row: Row, piece: Piece): Row {
  return { ...row, text: (row.text ?? '') + piece.text, thinking: (row.thinking ?? '') + piece.thinking };
}
