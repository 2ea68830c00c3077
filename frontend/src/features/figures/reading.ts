import { clock, span } from '$lib/text/format';
import { g } from '$lib/text/strings-gauges';
import { wholeOf, type Series } from './series';

/** One line of a chart in words: its colour, its name, and its value at the place that is pointed at. */
export interface Read {
  color: string;
  label: string;
  value: string;
}

export interface Reading {
  /** Which place it is about. */
  title: string;
  items: readonly Read[];
  /** All of it, for who does not see it. */
  words: string;
}

/** An answer of the chart in words: the one that is pointed at, else the newest. */
export function readingOf(series: Series, at: number | null): Reading {
  const entry = series.entries[at ?? series.entries.length - 1];
  const time = entry ? clock(entry.atMs) : '';
  const failed = entry?.outcome === 'failed';
  const value = (ms: number | null | undefined) => (ms == null || failed ? g.unknown : span(ms));
  const items = [
    { color: '--t2', label: g.answers.rows.firstToken, value: value(entry?.firstTokenMs) },
    { color: '--t3', label: g.answers.rows.total, value: value(entry?.totalMs) },
    { color: '--t1', label: g.answers.rows.whole, value: value(entry && wholeOf(entry)) },
  ];
  const marks = [failed ? g.time.failed : '', entry?.warmup ? g.time.warmup : ''];
  const title = [at === null && entry ? g.time.newest : '', time, ...marks].filter(Boolean).join(' · ');
  const words = entry ? g.chart.reading(title, failed ? [] : items.map((item) => g.chart.value(item.label, item.value))) : g.time.none;
  return { title, items, words };
}
