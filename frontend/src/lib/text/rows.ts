import { span } from './format';
import { t } from './strings';

interface Row {
  seq: number;
  outcome: string;
  pending: boolean;
  atMs: number;
  text?: string;
  backend?: string;
  model?: string;
  total_ms?: number;
  first_token_ms?: number;
  tokens_per_s?: number;
  instead_of?: string;
  energy_j?: number;
  energy_shared?: boolean;
}

interface Grouped {
  seq: number;
  group?: number;
  column: number;
}

/** What the list shows as one: the answers about one frame by column, or a single answer. Newest first. */
export interface Block<R> {
  key: string;
  /** In the order of their columns; a single one where only one backend was asked. */
  rows: readonly R[];
  grouped: boolean;
  /** Its newest row. */
  seq: number;
}

/** Puts the rows about one frame together, each group where its newest row stood. */
export function blocks<R extends Grouped>(rows: readonly R[]): Block<R>[] {
  const groups = new Map<number, R[]>();
  const found: { key: string; rows: R[]; grouped: boolean; seq: number }[] = [];
  for (const row of rows) {
    const mates = row.group ? groups.get(row.group) : undefined;
    if (mates) {
      mates.push(row);
      continue;
    }
    const block = { key: row.group ? `g${row.group}` : `s${row.seq}`, rows: [row], grouped: Boolean(row.group), seq: row.seq };
    if (row.group) groups.set(row.group, block.rows);
    found.push(block);
  }
  for (const block of found) block.rows.sort((a, b) => a.column - b.column);
  return found;
}

/** The line above an answer: its times, or how far it is. */
export function told(row: Row): string[] {
  const stood = row.instead_of && row.backend ? [t.answers.stoodIn(row.backend, row.instead_of)] : [];
  if (row.outcome === 'failed') return [row.total_ms === undefined ? t.answers.failed : t.answers.failedAfter(span(row.total_ms)), ...stood];
  if (row.pending) return [row.first_token_ms === undefined ? t.answers.pending : t.answers.firstWord(span(row.first_token_ms)), ...stood];
  const total = row.total_ms === undefined ? [] : [span(row.total_ms)];
  const rate = row.tokens_per_s === undefined ? [] : [t.answers.rate(Math.round(row.tokens_per_s))];
  return row.outcome === 'cancelled' ? [t.answers.stopped, ...total, ...stood] : [...total, ...rate, ...stood];
}

/** Whether a row is for the list: superseded ones are only counted, and so is what was cancelled before it said a word. */
export function isListed(row: Row): boolean {
  return row.pending || row.outcome === 'answered' || row.outcome === 'failed' || (row.outcome === 'cancelled' && Boolean(row.text));
}

/** The answers that can be compared with the newest: same backend, same model. Newest first. */
export function comparable<R extends Row>(rows: readonly R[]): R[] {
  const answered = rows.filter((row) => row.outcome === 'answered' && row.total_ms !== undefined);
  const newest = answered[0];
  return answered.filter((row) => row.backend === newest?.backend && row.model === newest?.model);
}

/** What answers took of this computer's GPUs, J, in their order; and for how many of them others used a GPU as well. */
export function energyOf(rows: readonly Row[]): { joules: number[]; shared: number } {
  const known = rows.filter((row) => row.energy_j !== undefined);
  return { joules: known.map((row) => row.energy_j ?? 0), shared: known.filter((row) => row.energy_shared).length };
}

/** What became of a failure: when it asks again, or how long it was gone. */
export function aftermath(row: Row, newer: Row | undefined, retryAtMs: number, now: number): string {
  if (newer?.outcome === 'answered') return t.answers.cameBack(span(Math.max(0, newer.atMs - row.atMs)));
  if (!newer && retryAtMs > 0) return t.answers.retryIn(Math.max(0, Math.ceil((retryAtMs - now) / 1000)));
  return '';
}
