import { tick } from 'svelte';

/** Keeps what is being read where it is while rows come or grow above it. Call it right before the list changes. */
export function keepPlace(box: HTMLElement): void {
  const edge = box.getBoundingClientRect().top;
  const read = [...box.children].find((row) => row.getBoundingClientRect().bottom > edge);
  if (!read) return;
  const before = read.getBoundingClientRect().top;
  void tick().then(() => {
    const moved = read.getBoundingClientRect().top - before;
    if (read.isConnected && moved !== 0) box.scrollTop += moved;
  });
}

/** How tall the answers in the block below are, by their words and not by the room they keep; 0 where there is none. At most `most`. */
export function heightBelow(cells: HTMLElement, most: number): number {
  const below = cells.closest('article')?.nextElementSibling?.querySelectorAll<HTMLElement>('.acts') ?? [];
  return Math.min(most, Math.max(0, ...[...below].map((answer) => answer.offsetHeight)));
}
