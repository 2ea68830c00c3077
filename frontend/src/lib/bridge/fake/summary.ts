import type { FigureEntry, Spread, Sum, Summary } from '../types';

const known = (values: readonly (number | null)[]) => values.filter((value) => value !== null);
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/** Sums entries up as the program would, without its care for memory. */
export function summaryOf(entries: readonly FigureEntry[]): Summary {
  const answered = entries.filter(({ outcome }) => outcome === 'answered');
  const of = (value: (entry: FigureEntry) => number | null) => spreadOf(answered.map(value));
  const joules = answered.filter((entry) => entry.joules !== null);
  const spent = total(known(joules.map((entry) => entry.joules)));
  const tokens = total(known(joules.map((entry) => entry.completionTokens)));
  return {
    answers: answered.length,
    failed: entries.length - answered.length,
    perMinute: answered.length > 1 ? 29.4 : null,
    firstToken: of((entry) => entry.firstTokenMs),
    rate: of((entry) => entry.tokensPerS),
    total: of((entry) => entry.totalMs),
    whole: of((entry) => (entry.ageMs === null || entry.totalMs === null ? null : entry.ageMs + entry.totalMs)),
    age: of((entry) => entry.ageMs),
    promptTokens: sumOf(answered.map((entry) => entry.promptTokens)),
    completionTokens: sumOf(answered.map((entry) => entry.completionTokens)),
    energy: {
      answers: joules.length,
      shared: joules.filter((entry) => entry.shared).length,
      joules: spent,
      perAnswer: joules.length > 0 ? spent / joules.length : null,
      per1000: tokens > 0 ? (spent / tokens) * 1000 : null,
    },
  };
}

function spreadOf(values: readonly (number | null)[]): Spread {
  const all = known(values);
  const sorted = [...all].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
  const mean = all.length > 0 ? total(all) / all.length : null;
  return { count: all.length, last: all.at(-1) ?? null, mean, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

function sumOf(values: readonly (number | null)[]): Sum {
  const all = known(values);
  return { answers: all.length, total: total(all), mean: all.length > 0 ? total(all) / all.length : 0 };
}
