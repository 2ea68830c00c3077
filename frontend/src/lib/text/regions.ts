/** A part of a picture, in fractions of its width and height from its upper left corner. */
export interface Region {
  x: number;
  y: number;
  w: number;
  h: number;
}

interface Point {
  x: number;
  y: number;
}

/** A part narrower or lower than this is hardly seen, and can no longer be taken hold of. */
export const least = 0.04;

const between = (low: number, value: number, high: number) => Math.min(high, Math.max(low, value));
// A thousandth is finer than anybody draws; more digits would only be noise in the settings.
const round = (value: number) => Math.round(value * 1000) / 1000;
const tidy = ({ x, y, w, h }: Region): Region => ({ x: round(x), y: round(y), w: round(w), h: round(h) });

/** Where a person begins who draws with the keyboard. */
export const centre: Region = { x: 0.25, y: 0.25, w: 0.5, h: 0.5 };

/** What is drawn from one corner to another, within the picture; null where that is no more than a click. */
export function drawn(from: Point, to: Point): Region | null {
  const [x, y] = [between(0, Math.min(from.x, to.x), 1), between(0, Math.min(from.y, to.y), 1)];
  const [right, bottom] = [between(0, Math.max(from.x, to.x), 1), between(0, Math.max(from.y, to.y), 1)];
  if (right - x < least / 2 && bottom - y < least / 2) return null;
  return kept({ x, y, w: Math.max(least, right - x), h: Math.max(least, bottom - y) });
}

/** A region moved by a part of the picture; it stays within. */
export function moved(region: Region, dx: number, dy: number): Region {
  return kept({ ...region, x: region.x + dx, y: region.y + dy });
}

// Within the picture, as large as it is.
function kept({ x, y, w, h }: Region): Region {
  return tidy({ x: between(0, x, 1 - w), y: between(0, y, 1 - h), w, h });
}

/** The sides and corners a region is changed by, as compass points. */
export const handles = ['nw', 'n', 'ne', 'e', 'se', 's', 'sw', 'w'] as const;
export type Handle = (typeof handles)[number];

/** A region whose side or corner was dragged; the opposite one stays where it is. */
export function dragged(region: Region, handle: Handle, dx: number, dy: number): Region {
  let { x: left, y: top } = region;
  let [right, bottom] = [left + region.w, top + region.h];
  if (handle.includes('w')) left = between(0, left + dx, right - least);
  if (handle.includes('e')) right = between(left + least, right + dx, 1);
  if (handle.includes('n')) top = between(0, top + dy, bottom - least);
  if (handle.includes('s')) bottom = between(top + least, bottom + dy, 1);
  return tidy({ x: left, y: top, w: right - left, h: bottom - top });
}

/** How far an arrow key goes. */
const steps: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** What an arrow key makes of a region: it moves it, with Shift it moves its lower right corner; null for another key. With Ctrl it goes further. */
export function keyed(region: Region, { key, shiftKey, ctrlKey }: { key: string; shiftKey: boolean; ctrlKey: boolean }): Region | null {
  const step = steps[key];
  if (!step) return null;
  const far = ctrlKey ? 0.05 : 0.01;
  return shiftKey ? dragged(region, 'se', step.x * far, step.y * far) : moved(region, step.x * far, step.y * far);
}

/** Whether it is as good as all of the picture. */
export const isWhole = ({ w, h }: Region) => w > 0.99 && h > 0.99;

/** The same part after the picture was turned clockwise by 90°. */
export const turned = ({ x, y, w, h }: Region): Region => tidy({ x: 1 - y - h, y: x, w: h, h: w });

/** The same part after left and right were exchanged. */
export const mirrored = ({ x, y, w, h }: Region): Region => tidy({ x: 1 - x - w, y, w, h });

/** A place in a part of a picture as a place in all of it. */
export function onto(place: Region, part: Region | undefined): Region {
  if (!part) return clipped(place);
  return clipped({ x: part.x + place.x * part.w, y: part.y + place.y * part.h, w: place.w * part.w, h: place.h * part.h });
}

// What of it lies within the picture: a detector may see further than the edge.
function clipped({ x, y, w, h }: Region): Region {
  const [left, top] = [between(0, x, 1), between(0, y, 1)];
  return { x: left, y: top, w: between(left, x + w, 1) - left, h: between(top, y + h, 1) - top };
}

/** A place in a picture that covers a box of another shape, as a place in the box; null where nothing of it is seen. Shapes are widths by height. */
export function covering(place: Region, picture: number, box: number): Region | null {
  const across = picture > box ? picture / box : 1;
  const down = picture < box ? box / picture : 1;
  const spread = { x: (place.x - 0.5) * across + 0.5, y: (place.y - 0.5) * down + 0.5, w: place.w * across, h: place.h * down };
  const seen = clipped(spread);
  return seen.w > 0 && seen.h > 0 ? seen : null;
}

interface View {
  rotate: number;
  mirror: boolean;
  crop?: Region | undefined;
}

const nothing: Region = { x: 0, y: 0, w: 0, h: 0 };

/** The part that is asked about; undefined for all of the picture. A part without width is one that is being taken away. */
export const partOf = ({ crop }: Pick<View, 'crop'>) => (crop && crop.w > 0 ? crop : undefined);

/** The choice that turns the picture clockwise by 90° as it is seen: the part stays on what it shows. Mirrored it is turned the other way first. */
export function turning(view: View): Required<Pick<View, 'rotate'>> & { crop: Region } {
  const part = partOf(view);
  return { rotate: (view.rotate + (view.mirror ? 270 : 90)) % 360, crop: part ? turned(part) : nothing };
}

/** The choice that exchanges left and right. */
export function mirroring(view: View): Required<Pick<View, 'mirror'>> & { crop: Region } {
  const part = partOf(view);
  return { mirror: !view.mirror, crop: part ? mirrored(part) : nothing };
}

/** The choice of a part; of all the picture where there is none, or it is as good as all. */
export const cropping = (part: Region | null): { crop: Region } => ({ crop: part && !isWhole(part) ? part : nothing });
