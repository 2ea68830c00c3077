interface Spread {
  last: number | null;
  mean: number | null;
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

interface Sum {
  answers: number;
  total: number;
  mean: number;
}

interface Summary {
  answers: number;
  failed: number;
  perMinute: number | null;
  firstToken: Spread;
  rate: Spread;
  total: Spread;
  whole: Spread;
  promptTokens: Sum;
  completionTokens: Sum;
  energy: { answers: number; shared: number; joules: number; perAnswer: number | null; per1000: number | null };
}

interface Figures {
  askers: readonly { backend: string; model: string; all: Summary; warm: Summary }[] | null;
}

/** What the table is called, and what stands in it. */
interface Words {
  columns: { last: string; mean: string; p50: string; p95: string; p99: string };
  rows: { firstToken: string; rate: string; total: string; whole: string };
  units: { ms: string; s: string; joules: string };
  answered: string;
  failed: string;
  perMinute: string;
  prompt: string;
  completion: string;
  energy: string;
  per1000: string;
  sharedMark: string;
  shared: (shared: number, of: number) => string;
  report: { backend: string; model: string; figure: string; all: string; withoutWarm: string };
}

/** Figures for a report: plain numbers, whose unit stands with their name, so that other programs read them too. */
export interface Table {
  head: string[];
  rows: string[][];
  /** How many columns at the left are names; the others are numbers. */
  names: number;
  /** What has to be known about it. */
  notes: string[];
}

type Row = [name: string, all: string, last: string, mean: string, p50: string, p95: string, p99: string];

/** What the answers took: a row for each who was asked and each figure that is known. */
export function tableOf({ askers }: Figures, warm: boolean, words: Words): Table {
  const { report, columns: c } = words;
  const all = (askers ?? []).map(({ backend, model, ...of }) => ({ backend, model, summary: warm ? of.warm : of.all }));
  const costs = all.map(({ summary }) => summary.energy);
  const [shared, known] = [total(costs.map((cost) => cost.shared)), total(costs.map((cost) => cost.answers))];
  return {
    head: [report.backend, report.model, report.figure, report.all, c.last, c.mean, c.p50, c.p95, c.p99],
    rows: all.flatMap(({ backend, model, summary }) => rowsOf(summary, words).map((row) => [backend, model, ...row])),
    names: 3,
    notes: [warm ? report.withoutWarm : '', shared > 0 ? words.shared(shared, known) : ''].filter(Boolean),
  };
}

function rowsOf(of: Summary, w: Words): Row[] {
  const mark = of.energy.shared > 0 ? w.sharedMark : '';
  const marked = (joules: number) => decimals(joules) + mark;
  const { joules, perAnswer, per1000 } = of.energy;
  return [
    ...timesRow(w.rows.firstToken, of.firstToken, w),
    ...spreadRow(w.rows.rate, of.rate, (n) => n.toFixed(1)),
    ...timesRow(w.rows.total, of.total, w),
    ...timesRow(w.rows.whole, of.whole, w),
    onlyRow(w.answered, String(of.answers)),
    onlyRow(w.failed, String(of.failed)),
    ...(of.perMinute === null ? [] : [onlyRow(w.perMinute, '', of.perMinute.toFixed(1))]),
    ...tokensRow(w.prompt, of.promptTokens),
    ...tokensRow(w.completion, of.completionTokens),
    ...(perAnswer === null ? [] : [onlyRow(named(w.energy, w.units.joules), marked(joules), marked(perAnswer))]),
    ...(per1000 === null ? [] : [onlyRow(named(w.per1000, w.units.joules), '', marked(per1000))]),
  ];
}

/** How times of one row are written, so that they can be compared: all in milliseconds, or all in seconds where one of them is ten or more. */
export function inOneUnit(times: readonly (number | null)[]): { seconds: boolean; cell: (ms: number) => string } {
  const seconds = times.some((ms) => ms !== null && ms >= 9999.5);
  return { seconds, cell: (ms) => (seconds ? (ms / 1000).toFixed(1) : decimals(ms)) };
}

function timesRow(name: string, spread: Spread, { units }: Words): Row[] {
  const { seconds, cell } = inOneUnit(valuesOf(spread));
  return spreadRow(named(name, seconds ? units.s : units.ms), spread, cell);
}

function spreadRow(name: string, spread: Spread, write: (n: number) => string): Row[] {
  if (spread.mean === null) return [];
  const [last, mean, p50, p95, p99] = valuesOf(spread).map((value) => (value === null ? '' : write(value)));
  return [[name, '', last ?? '', mean ?? '', p50 ?? '', p95 ?? '', p99 ?? '']];
}

function tokensRow(name: string, { answers, total, mean }: Sum): Row[] {
  return answers === 0 ? [] : [onlyRow(name, String(total), mean.toFixed(1))];
}

const valuesOf = ({ last, mean, p50, p95, p99 }: Spread) => [last, mean, p50, p95, p99];
const onlyRow = (name: string, all: string, mean = ''): Row => [name, all, '', mean, '', '', ''];
const named = (name: string, unit: string) => `${name}, ${unit}`;
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/** As many decimals as a span has: 6.1, 481. */
const decimals = (n: number) => n.toFixed(n < 9.95 ? 1 : 0);

/** A table in GitHub's Markdown, with its notes below. What stands in it is letters and nothing else: a server names its model as it likes. */
export function markdownTable({ head, rows, names, notes }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`;
  const sides = head.map((_, i) => (i < names ? '---' : '---:'));
  const below = notes.flatMap((note) => ['', escaped(note)]);
  return [line(head), `| ${sides.join(' | ')} |`, ...rows.map(line), ...below, ''].join('\n');
}

// Entities for what HTML is made of, a backslash for what means something to Markdown, and nothing that begins a link by itself.
function escaped(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_{}[\]|~$@]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/:\/\//g, '\\://')
    .replace(/www\./g, 'www\\.');
}
