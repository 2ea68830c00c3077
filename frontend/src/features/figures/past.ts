/** As many places as a chart of the past has at most: more than it has pixels is of no use. */
const most = 1200;

type Values = readonly (number | null)[];

export interface Thinned {
  /** Unix seconds, rising. */
  times: readonly number[];
  lists: readonly (readonly (number | null)[])[];
}

/** Values over time as a chart needs them: where there are more than it can show, the mean of those that fall together. They are copies. */
export function thinned(times: readonly number[], lists: readonly Values[]): Thinned {
  if (times.length <= most) return { times: [...times], lists: lists.map((list) => [...list]) };
  const width = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / most;
  // By the clock and not by their number, so that they do not fall together otherwise when the oldest go.
  const starts = times.flatMap((time, i) => (i === 0 || bucket(time, width) !== bucket(times[i - 1] ?? 0, width) ? i : []));
  const ends = [...starts.slice(1), times.length];
  const means = (list: Values) => starts.map((start, i) => meanOf(list, start, ends[i] ?? start));
  return { times: starts.map((start) => times[start] ?? 0), lists: lists.map(means) };
}

const bucket = (time: number, width: number) => Math.floor(time / width);

function meanOf(list: Values, start: number, end: number): number | null {
  let sum = 0;
  let count = 0;
  for (let i = start; i < end; i++) {
    const value = list[i];
    if (value == null) continue;
    sum += value;
    count++;
  }
  return count > 0 ? sum / count : null;
}
