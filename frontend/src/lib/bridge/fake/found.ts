import type { Box, Region, WindowChoices } from '../types';

const all: Box[] = [
  { label: 'cup', kind: 'thing', score: 0.91, x: 0.545, y: 0.575, w: 0.176, h: 0.292 },
  { label: 'potted plant', kind: 'thing', score: 0.78, x: 0.722, y: 0.4, w: 0.198, h: 0.434 },
  { label: 'book', kind: 'thing', score: 0.62, x: 0.234, y: 0.802, w: 0.252, h: 0.162 },
  { label: 'NOTES', kind: 'text', score: 0.97, x: 0.302, y: 0.845, w: 0.102, h: 0.062 },
];

/** What the detector finds in the drawn world, where it is asked about it upright: of a part what lies in it. */
export function found({ rotate, mirror, crop }: Pick<WindowChoices, 'rotate' | 'mirror' | 'crop'>): Box[] {
  if (rotate !== 0 || mirror) return [];
  const part: Region = crop ?? { x: 0, y: 0, w: 1, h: 1 };
  return all.flatMap((box) => {
    const [left, top] = [Math.max(box.x, part.x), Math.max(box.y, part.y)];
    const [right, bottom] = [Math.min(box.x + box.w, part.x + part.w), Math.min(box.y + box.h, part.y + part.h)];
    if (right - left < box.w / 2 || bottom - top < box.h / 2) return [];
    return [{ ...box, x: (left - part.x) / part.w, y: (top - part.y) / part.h, w: (right - left) / part.w, h: (bottom - top) / part.h }];
  });
}
