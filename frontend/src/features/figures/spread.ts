import type { Spread, Summary } from '$lib/state/types';
import { inOneUnit } from '$lib/text/figures';
import { g } from '$lib/text/strings-gauges';

export const columns = ['last', 'mean', 'p50', 'p95', 'p99'] as const;

export interface SpreadRow {
  key: 'firstToken' | 'rate' | 'total' | 'whole';
  /** Of all cells; empty where the label tells it. */
  unit: string;
  /** One for each column. */
  cells: readonly string[];
}

/** A summary as the table shows it: what is not known is empty. */
export function spreadRows(summary: Summary): SpreadRow[] {
  return [times('firstToken', summary.firstToken), rate(summary.rate), times('total', summary.total), times('whole', summary.whole)];
}

// A row has one unit, so that its numbers can be compared.
function times(key: SpreadRow['key'], spread: Spread): SpreadRow {
  const values = columns.map((column) => spread[column]);
  const { seconds, cell } = inOneUnit(values);
  return { key, unit: seconds ? g.answers.units.s : g.answers.units.ms, cells: values.map((value) => (value === null ? '' : cell(value))) };
}

function rate(spread: Spread): SpreadRow {
  return { key: 'rate', unit: '', cells: columns.map((column) => spread[column]).map((value) => value?.toFixed(value < 99.95 ? 1 : 0) ?? '') };
}
