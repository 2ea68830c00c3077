/** What a mark on the timeline says, the tallest first: where several fall on one pixel, all of them are seen. */
export const outcomes = ['failed', 'answered', 'cancelled', 'superseded', 'unchanged'] as const;
export type Outcome = (typeof outcomes)[number];

/** A mark at a pixel of the timeline. */
export interface Mark {
  x: number;
  outcome: Outcome;
}

/** At most one mark of each outcome a pixel, however many answers there are; in the order in which they are to be drawn. */
export function marksOf(entries: readonly { at_ms: number; outcome: string }[], lengthMs: number, width: number): Mark[] {
  if (lengthMs <= 0 || width < 1) return [];
  const rows = outcomes.map(() => new Uint8Array(width));
  for (const { at_ms, outcome } of entries) {
    const x = Math.min(width - 1, Math.max(0, Math.round((at_ms / lengthMs) * (width - 1))));
    const row = rows[outcomes.indexOf(outcome as Outcome)];
    if (row) row[x] = 1;
  }
  return rows.flatMap((row, i) => {
    const marks: Mark[] = [];
    row.forEach((there, x) => there && marks.push({ x, outcome: outcomes[i] ?? 'answered' }));
    return marks;
  });
}

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200].map((s) => s * 1000);

/** The times written under a timeline: round ones, at least `least` pixels apart, none too near its end. */
export function ticksOf(lengthMs: number, width: number, least = 90): number[] {
  if (lengthMs <= 0 || width <= 0) return [];
  const step = steps.find((ms) => (ms / lengthMs) * width >= least) ?? lengthMs;
  const last = lengthMs - (least / 2 / width) * lengthMs;
  const ticks = [0];
  for (let at = step; at <= last; at += step) ticks.push(at);
  return ticks;
}
