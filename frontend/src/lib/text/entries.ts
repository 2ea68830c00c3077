interface Entry {
  at_ms: number;
  seq: number;
  outcome: string;
  text?: string;
  group?: number;
  picture?: string;
  error?: { message: string };
}

/** The lines of a recording by the time of their frames: they were written in the order in which they ended. */
export function byTime<E extends Entry>(entries: readonly E[]): E[] {
  return [...entries].sort((a, b) => a.at_ms - b.at_ms || a.seq - b.seq);
}

/** Whether a line says something: superseded ones are only marks on the timeline. */
export function says(entry: Entry): boolean {
  return entry.outcome === 'answered' || entry.outcome === 'failed' || (entry.outcome === 'cancelled' && Boolean(entry.text));
}

/** What a line says: its answer, or why there is none. */
export function saying(entry: Entry): string {
  return (entry.outcome === 'failed' ? entry.error?.message : undefined) ?? entry.text ?? '';
}

/** How many of the entries, in the order of time, are at a moment or before it. */
export function countUntil(entries: readonly Entry[], ms: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.at_ms ?? Infinity) <= ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

// Times come as fractions of a millisecond; a video is no more exact than that.
const near = 0.5;

/** The entry that a moment belongs to: the last one at it or before, of several about one frame the first. -1 before the first entry. */
export function currentAt(entries: readonly Entry[], ms: number): number {
  let at = countUntil(entries, ms + near) - 1;
  while (at > 0 && sameFrame(entries[at], entries[at - 1])) at--;
  return at;
}

/** Whether two entries are about one frame, asked of several backends. */
export function sameFrame(one: Entry | undefined, other: Entry | undefined): boolean {
  return one !== undefined && other !== undefined && one.group !== undefined && one.group === other.group;
}

/**
 * The moment of the next frame that was answered about, or of the one before; undefined where there is none. Within `slack` after a frame's
 * moment the one before is the one before that: who steps back while it plays does not stay where they are.
 */
export function stepFrom(entries: readonly Entry[], ms: number, by: 1 | -1, slack = near): number | undefined {
  if (by > 0) return entries[countUntil(entries, ms + near)]?.at_ms;
  return entries[countUntil(entries, ms - Math.max(near, slack)) - 1]?.at_ms;
}

/** The picture to show at a moment: the newest since `fromMs`, or else the first one before `toMs`. */
export function pictureAt<E extends Entry>(pictured: readonly E[], ms: number, fromMs: number, toMs: number): E | undefined {
  const at = countUntil(pictured, ms + near);
  const [before, after] = [pictured[at - 1], pictured[at]];
  if (before && before.at_ms >= fromMs - near) return before;
  return after && after.at_ms < toMs ? after : undefined;
}

/** The entry nearest to a moment; undefined where there are none. */
export function nearest<E extends Entry>(entries: readonly E[], ms: number): E | undefined {
  const at = countUntil(entries, ms);
  const [before, after] = [entries[at - 1], entries[at]];
  if (!before || !after) return before ?? after;
  return ms - before.at_ms <= after.at_ms - ms ? before : after;
}
