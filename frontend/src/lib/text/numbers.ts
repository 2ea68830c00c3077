/** The value below which a share of the values lie (nearest rank); null for none. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

/** The mean of what is known; null where nothing is. */
export function mean(values: readonly (number | null | undefined)[]): number | null {
  const known = values.filter((value) => value != null);
  return known.length > 0 ? known.reduce((a, b) => a + b, 0) / known.length : null;
}

/** The size of a picture fitted into a box, never stretched. */
export function fit(width: number, height: number, boxWidth: number, boxHeight: number): { width: number; height: number } {
  const scale = Math.max(0, Math.min(boxWidth / width, boxHeight / height));
  return { width: Math.floor(width * scale), height: Math.floor(height * scale) };
}

/** The long edge to ask a live picture in, in device pixels: few distinct sizes, so that the program can share its work. */
export function liveEdge(width: number, height: number, ratio: number): number {
  const edge = Math.ceil((Math.max(width, height) * ratio) / 160) * 160;
  return Math.min(1920, Math.max(320, edge));
}

export interface Split {
  age: number;
  first: number;
  rest: number;
}

/** The three parts of an answer's time in milliseconds; null while too little is known. */
export function split(line: { age_ms?: number; first_token_ms?: number; total_ms?: number }): Split | null {
  const { age_ms: age, first_token_ms: first, total_ms: total } = line;
  if (age === undefined || (first === undefined && total === undefined)) return null;
  const sent = first ?? total ?? 0;
  return { age: Math.max(0, age), first: sent, rest: Math.max(0, (total ?? sent) - sent) };
}
