/** 1, 2, 5, 10, 20, 50… by their number; 1 is the 0th. */
export const stepAt = (nth: number) => ([1, 2, 5][((nth % 3) + 3) % 3] ?? 1) * 10 ** Math.floor(nth / 3);

/** The number of the last step that is not above a value. */
export function stepBelow(value: number): number {
  const nth = Math.round(3 * Math.log10(value));
  return stepAt(nth) > value ? nth - 1 : nth;
}
