/** A piece of a recording's video on the recording's own time, in milliseconds. */
export interface Segment {
  startMs: number;
  lengthMs: number;
}

/** A moment of a recording: within a segment, or, with segment -1, in a gap that has no video. It lasts from `fromMs` to `toMs`. */
export interface Place {
  segment: number;
  offsetMs: number;
  fromMs: number;
  toMs: number;
}

/** Segments closer than this follow each other without a gap: one frame is not missed by anybody. */
const seamMs = 120;

/** Where a moment is. A segment's end belongs to the next one where it begins right there. */
export function placeAt(segments: readonly Segment[], ms: number, lengthMs: number): Place {
  let fromMs = 0;
  for (const [segment, { startMs, lengthMs: long }] of segments.entries()) {
    const next = segments[segment + 1]?.startMs ?? Infinity;
    const toMs = next - (startMs + long) < seamMs ? next : startMs + long;
    if (ms < startMs && startMs - fromMs >= seamMs) return { segment: -1, offsetMs: ms - fromMs, fromMs, toMs: startMs };
    if (ms < toMs) return { segment, offsetMs: Math.max(0, ms - startMs), fromMs: startMs, toMs };
    fromMs = toMs;
  }
  // The very end shows the last picture, not the nothing after it.
  const last = segments.length - 1;
  const end = segments[last];
  if (end && ms - fromMs <= seamMs) return { segment: last, offsetMs: Math.min(ms - end.startMs, end.lengthMs), fromMs: end.startMs, toMs: fromMs };
  return { segment: -1, offsetMs: ms - fromMs, fromMs, toMs: Math.max(lengthMs, fromMs) };
}

/** The parts of a recording that have no video, long enough to be seen. */
export function gaps(segments: readonly Segment[], lengthMs: number): { fromMs: number; toMs: number }[] {
  const found: { fromMs: number; toMs: number }[] = [];
  let fromMs = 0;
  for (const { startMs, lengthMs: long } of [...segments, { startMs: lengthMs, lengthMs: 0 }]) {
    if (startMs - fromMs > 1000) found.push({ fromMs, toMs: startMs });
    fromMs = Math.max(fromMs, startMs + long);
  }
  return found;
}
