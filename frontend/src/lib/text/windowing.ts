/** The part of a long list of equal rows that is drawn, and the room that stands for the rest. */
export interface Drawn {
  from: number;
  to: number;
  aboveRoom: number;
  belowRoom: number;
}

/** Which of `count` rows to draw around what is seen, with some more on either side. */
export function drawnRows(count: number, row: number, top: number, seen: number, more = 6): Drawn {
  const from = Math.max(0, Math.min(count, Math.floor(top / row) - more));
  const to = Math.max(from, Math.min(count, Math.ceil((top + seen) / row) + more));
  return { from, to, aboveRoom: from * row, belowRoom: (count - to) * row };
}

/** Where to scroll so that a row is seen with its neighbours; null where it is already. It then stands in the upper third. */
export function scrollFor(index: number, row: number, top: number, seen: number, count: number): number | null {
  const at = index * row;
  const beside = Math.min(row, Math.max(0, (seen - row) / 2));
  const from = index > 0 ? at - beside : at;
  const to = at + row + (index < count - 1 ? beside : 0);
  if (from >= top && to <= top + seen) return null;
  const most = Math.max(0, count * row - seen);
  return Math.max(0, Math.min(most, at - Math.floor((seen - row) / 3)));
}
