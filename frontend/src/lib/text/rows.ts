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
}

/** Whether a row is for the list: superseded ones are only counted, and so is what was cancelled before it said a word. */
export function isListed(row: Row): boolean {
  return row.pending || row.outcome === 'answered' || row.outcome === 'failed' || (row.outcome === 'cancelled' && Boolean(row.text));
}

/** The times of the answers that can be compared with the newest: same backend, same model. Newest first. */
export function comparableTimes(rows: readonly Row[]): number[] {
  const answered = rows.filter((row) => row.outcome === 'answered' && row.total_ms !== undefined);
  const newest = answered[0];
  return answered.filter((row) => row.backend === newest?.backend && row.model === newest?.model).map((row) => row.total_ms ?? 0);
}

/** What became of a failure: when it asks again, or how long it was gone. */
export function aftermath(row: Row, newer: Row | undefined, retryAtMs: number, now: number): string {
  if (newer?.outcome === 'answered') return t.answers.cameBack(span(Math.max(0, newer.atMs - row.atMs)));
  if (!newer && retryAtMs > 0) return t.answers.retryIn(Math.max(0, Math.ceil((retryAtMs - now) / 1000)));
  return '';
}
