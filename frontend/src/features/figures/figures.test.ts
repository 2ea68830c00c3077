import { describe, expect, it } from 'vitest';
import { stepAt, stepBelow } from '$lib/ui/steps';
import type { FigureEntry, Spread, Summary } from '$lib/state/types';
import { thinned } from './past';
import { readingOf } from './reading';
import { middles, namesOf, seriesOf, whoIsShown } from './series';
import { spreadRows } from './spread';
import { axisTime, diskSize, energy, memorySize } from './units';

const plain = (text: string) => text.replace(/\u00a0/g, ' ');
const entry = (n: number, some: Partial<FigureEntry> = {}): FigureEntry => ({
  ...{ n, seq: n, asker: 0, atMs: n * 1000, outcome: 'answered', warmup: false, shared: false },
  ...{ ageMs: 5, firstTokenMs: 200, totalMs: 480, tokensPerS: 50, promptTokens: 301, completionTokens: 24, joules: null },
  ...some,
});
const spread = (last: number | null, mean = last): Spread => ({ count: last === null ? 0 : 2, last, mean, p50: mean, p95: last, p99: last, max: last });
const untold = { answers: 0, total: 0, mean: 0 };
const summary = (some: Partial<Summary> = {}): Summary => ({
  ...{ answers: 2, failed: 0, perMinute: null, promptTokens: untold, completionTokens: untold, age: spread(5) },
  ...{ firstToken: spread(null), rate: spread(null), total: spread(null), whole: spread(null) },
  energy: { answers: 0, shared: 0, joules: 0, perAnswer: null, per1000: null },
  ...some,
});
const failed = (n: number) => entry(n, { outcome: 'failed', firstTokenMs: null, totalMs: 5000 });

describe('the chart of the answers', () => {
  it('has one asker, in the order of time, and leaves out what warmed up when asked to', () => {
    const all = [entry(1, { warmup: true }), entry(3), entry(2), entry(4, { asker: 1 })];
    expect(seriesOf(all, 0, false, 0).times).toEqual([1, 2, 3]);
    expect(seriesOf(all, 0, true, 0).times).toEqual([2, 3]);
    expect(seriesOf(all, 0, false, 2500).times).toEqual([3]);
    expect(seriesOf(all, 1, false, 0).times).toEqual([4]);
  });

  it('draws a failure as a gap with a mark, not as a slow answer', () => {
    const { total, whole, failed: marks } = seriesOf([entry(1), failed(2), entry(3)], 0, false, 0);
    expect([total, whole, marks]).toEqual([[480, null, 480], [485, null, 485], [1]]);
  });

  it('reads the answer that is pointed at, else the newest', () => {
    const series = seriesOf([entry(1, { warmup: true }), failed(2), entry(3, { totalMs: 1500 })], 0, false, 0);
    expect(plain(readingOf(series, null).words)).toMatch(/^Newest · .*, First word 200 ms, Answer 1\.5 s, Capture → answer 1\.5 s$/);
    expect(readingOf(series, 1).words).toMatch(/· failed$/);
    expect(readingOf(series, 0).title).toMatch(/· warm-up$/);
    expect(readingOf(seriesOf([], 0, false, 0), null).words).toBe('None in this time.');
  });
});

describe('more answers than can be told apart', () => {
  it('have the median of those that fall together, which an outlier does not move', () => {
    const values = Array.from({ length: 900 }, (_, i) => (i === 7 ? 9000 : i === 8 ? null : 500));
    const drawn = middles(values, 60);
    expect(drawn.length).toBe(900);
    expect(drawn.filter((value) => value !== null)).toEqual(Array.from({ length: 60 }, () => 500));
  });

  it('have none where all of them failed', () => expect(middles([null, null], 1)).toEqual([null, null]));
});

describe('the steps of a logarithmic scale', () => {
  it.each([[0.3, 0.2], [1, 1], [1.9, 1], [2, 2], [4.99, 2], [5, 5], [999, 500], [1000, 1000]])('below %d is %d', (value, step) =>
    expect(stepAt(stepBelow(value))).toBeCloseTo(step),
  );
});

describe('whose figures are shown', () => {
  const none = summary();
  const asker = (backend: string, model: string) => ({ backend, model, all: none, warm: none });
  const askers = [asker('Lab', 'a'), asker('Lab', 'b'), asker('Cloud', 'c')];

  it('whom somebody chose, else who is asked now', () => {
    expect(whoIsShown(askers, { backend: 'Cloud', model: 'c' }, { backend: 'Lab', model: 'a' })).toBe(2);
    expect(whoIsShown(askers, null, { backend: 'Lab', model: 'b' })).toBe(1);
    expect(whoIsShown(askers, { backend: 'gone', model: '' }, { backend: 'Lab', model: 'called otherwise' })).toBe(1);
    expect(whoIsShown(askers, null, { backend: 'new', model: '' })).toBe(0);
  });

  it('has the shortest name that tells it apart', () => {
    expect(namesOf(askers)).toEqual(['a', 'b', 'Cloud']);
    expect(namesOf([asker('Lab', 'a'), asker('Cloud', 'a')])).toEqual(['Lab', 'Cloud']);
    expect(namesOf([asker('Lab', 'a'), asker('Lab', 'b'), asker('Twin', 'a')])).toEqual(['Lab · a', 'b', 'Twin']);
  });
});

describe('the table', () => {
  it('has one unit a row, whatever its numbers', () => {
    const rows = spreadRows(summary({ firstToken: spread(8.24, 31.4), total: spread(12_340, 480) }));
    expect(rows.map(({ unit }) => unit)).toEqual(['ms', '', 's', 'ms']);
    expect(rows[0]?.cells).toEqual(['8.2', '31', '31', '8.2', '8.2']);
    expect(rows[2]?.cells[0]).toBe('12.3');
  });

  it('leaves empty what is not known', () => {
    const [, rate] = spreadRows(summary());
    expect(rate?.cells).toEqual(['', '', '', '', '']);
  });
});

describe('a chart of the past', () => {
  it('is given as it is while it is short, and as a copy', () => {
    const load = [1, null, 3];
    const { times, lists } = thinned([1, 2, 3], [load]);
    load.push(4);
    expect([times, lists]).toEqual([[1, 2, 3], [[1, null, 3]]]);
  });

  it('becomes the mean of what falls together; a gap stays one', () => {
    const times = Array.from({ length: 36_000 }, (_, i) => 1000 + i / 10);
    const load = times.map((time, i) => (time > 2000 && time < 2100 ? null : i % 2 === 0 ? 0 : 100));
    const { times: fewer, lists } = thinned(times, [load]);
    expect(fewer.length).toBeGreaterThan(1000);
    expect(fewer.length).toBeLessThan(1300);
    expect(lists[0]?.[10]).toBeCloseTo(50, 0);
    expect(lists[0]?.some((value) => value === null)).toBe(true);
  });
});

describe('units', () => {
  it.each([
    [energy(38.4), '38 J'],
    [energy(1640), '1.6 kJ'],
    [memorySize(16.1 * 1024 ** 3), '16.1 GB'],
    [memorySize(268 * 1024 ** 2), '268 MB'],
    [diskSize(412.6e9), '413 GB'],
    [diskSize(1000.2e9), '1.0 TB'],
    [axisTime(0), '0'],
    [axisTime(1500), '1.5 s'],
    [axisTime(250), '250 ms'],
  ])('%s reads %s', (is, wanted) => expect(plain(is)).toBe(wanted));
});
