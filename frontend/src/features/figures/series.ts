import type { AskerFigures, FigureEntry } from '$lib/state/types';

/** The answers of one asker as a chart draws them: one place for each, in the order of time. */
export interface Series {
  entries: readonly FigureEntry[];
  /** Unix seconds. */
  times: readonly number[];
  /** Milliseconds; null where it is not known, or the question failed. */
  firstToken: readonly (number | null)[];
  total: readonly (number | null)[];
  whole: readonly (number | null)[];
  /** The places of those that failed. */
  failed: readonly number[];
}

/** What of the entries is an asker's and not older than `fromMs`; without those that warmed it up where `warm`. */
export function seriesOf(all: readonly FigureEntry[], asker: number, warm: boolean, fromMs: number): Series {
  const mine = all.filter((entry) => entry.asker === asker && entry.atMs >= fromMs && !(warm && entry.warmup));
  // They come in the order in which they ended; the chart needs that in which they began.
  const entries = inOrder(mine) ? mine : mine.toSorted((a, b) => a.atMs - b.atMs);
  const answered = (value: (entry: FigureEntry) => number | null) => entries.map((entry) => (entry.outcome === 'answered' ? value(entry) : null));
  return {
    entries,
    times: entries.map(({ atMs }) => atMs / 1000),
    firstToken: answered(({ firstTokenMs }) => firstTokenMs),
    total: answered(({ totalMs }) => totalMs),
    whole: answered(wholeOf),
    failed: entries.flatMap(({ outcome }, i) => (outcome === 'failed' ? i : [])),
  };
}

/** From the capture of the picture to the end of the answer. */
export function wholeOf({ ageMs, totalMs }: FigureEntry): number | null {
  return ageMs === null || totalMs === null ? null : ageMs + totalMs;
}

/** The medians of values that fall together, each at the middle one's place; elsewhere null. For more than can be told apart. */
export function middles(values: readonly (number | null)[], parts: number): (number | null)[] {
  const drawn = values.map((): number | null => null);
  const size = Math.ceil(values.length / parts);
  for (let start = 0; start < values.length; start += size) {
    const known = values.slice(start, start + size).filter((value) => value !== null);
    const middle = Math.min(values.length - 1, start + Math.floor(size / 2));
    drawn[middle] = known.sort((a, b) => a - b)[Math.floor(known.length / 2)] ?? null;
  }
  return drawn;
}

function inOrder(entries: readonly FigureEntry[]): boolean {
  return entries.every(({ atMs }, i) => i === 0 || atMs >= (entries[i - 1]?.atMs ?? 0));
}

interface Named {
  backend: string;
  model: string;
}

/** Whose figures are shown: whom somebody chose, else who is asked now, else who was asked first. */
export function whoIsShown(askers: readonly AskerFigures[], chosen: Named | null, asked: Named): number {
  const find = (fits: (one: Named) => boolean) => askers.findIndex(fits);
  const same = (a: Named, b: Named) => a.backend === b.backend && a.model === b.model;
  const wanted = chosen ? find((one) => same(one, chosen)) : -1;
  if (wanted >= 0) return wanted;
  const now = find((one) => same(one, asked));
  // A server may call its model by another name than it was asked by: then the newest of that backend.
  return now >= 0 ? now : Math.max(0, askers.findLastIndex((one) => one.backend === asked.backend));
}

/** The shortest names that tell askers apart: of the backend, else of the model, else both. */
export function namesOf(askers: readonly Named[]): string[] {
  const often = (value: string, of: (one: Named) => string) => askers.filter((one) => of(one) === value).length > 1;
  return askers.map((one) => {
    if (!often(one.backend, ({ backend }) => backend)) return one.backend || one.model;
    if (one.model !== '' && !often(one.model, ({ model }) => model)) return one.model;
    return [one.backend, one.model].filter(Boolean).join(' · ');
  });
}
