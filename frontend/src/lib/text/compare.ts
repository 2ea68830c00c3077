import { mean } from './numbers';

interface Row {
  column: number;
  outcome: string;
  pending: boolean;
  backend?: string;
  model?: string;
  instead_of?: string;
  total_ms?: number;
  tokens_per_s?: number;
}

interface Asker {
  name: string;
  model: string;
  builtin: boolean;
}

/** How one of the compared backends did, over the rows that are listed. Means are null while there is nothing to average. */
export interface Summary {
  answered: number;
  failed: number;
  /** Answers that another backend gave in its place: they say nothing about its speed. */
  stoodIn: number;
  totalMs: number | null;
  rate: number | null;
}

/** The backend that was asked, also where another one stood in for it. */
export function askedOf(row: { backend?: string; instead_of?: string }): string {
  return row.instead_of ?? row.backend ?? '';
}

/** Tells whether a row is of the asker that its column has now. */
export function ofColumn(rows: readonly Row[], column: number, asker: Asker): (row: Row) => boolean {
  const mine = (row: Row) => row.column === column && askedOf(row) === asker.name;
  // A server may call its model by another name than it was asked by: what it called itself last is its name too.
  const called = rows.find((row) => mine(row) && row.outcome === 'answered' && !row.instead_of)?.model;
  const known = new Set([asker.model, called, undefined]);
  return (row) => mine(row) && (asker.builtin || Boolean(row.instead_of) || known.has(row.model));
}

/** Sums up the rows of one column. */
export function summary(rows: readonly Row[], mine: (row: Row) => boolean): Summary {
  const all = rows.filter((row) => !row.pending && mine(row));
  const answered = all.filter((row) => row.outcome === 'answered');
  const own = answered.filter((row) => !row.instead_of);
  return {
    answered: own.length,
    failed: all.filter((row) => row.outcome === 'failed').length,
    stoodIn: answered.length - own.length,
    totalMs: mean(own.map((row) => row.total_ms)),
    rate: mean(own.map((row) => row.tokens_per_s)),
  };
}

/** How many columns fit beside each other, each wide enough to read: all, two by two, or one below the other. */
export function fitting(columns: number, width: number, least: number): number {
  if (width >= columns * least) return columns;
  return columns === 4 && width >= 2 * least ? 2 : 1;
}

/** How much room the answers take beside the picture: enough for each column, the picture keeping its share. */
export function railWidth(columns: number, width: number, wide: boolean): { least: number; most: number } {
  const share = [0, 0, 0.46, 0.5, 0.56][columns] ?? 0.56;
  const column = wide ? 400 : columns === 4 ? 270 : 300;
  return { least: Math.round(Math.min(columns * column, width * share)), most: columns * (wide ? 560 : 400) };
}
