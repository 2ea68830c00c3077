// What is on the screen of a rig, by its pixels.
import assert from 'node:assert/strict';

export const [width, height] = [1360, 860];

/** The screen as RGB, three bytes a pixel. */
export async function shot(rig) {
  const rgb = await rig.run('import', '-window', 'root', '-depth', '8', 'rgb:-');
  assert.equal(rgb.length, width * height * 3, 'size of the screen');
  return rgb;
}

/** The pixels of a place (x, y, width, height), each as [r, g, b]. */
function* pixels(rgb, [x, y, w, h]) {
  for (let row = y; row < y + h; row++) for (let i = (row * width + x) * 3; i < (row * width + x + w) * 3; i += 3) yield rgb.subarray(i, i + 3);
}

/** The share of a place's pixels that fit. */
export function share(rgb, place, fits) {
  let hits = 0;
  let all = 0;
  for (const pixel of pixels(rgb, place)) {
    all++;
    if (fits(pixel)) hits++;
  }
  return hits / all;
}

const far = (a, b) => Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]) + Math.abs(a[2] - b[2]);

/** How far a pixel is from a colour at most in each channel. */
export const near = (colour, most) => (pixel) => pixel.every((value, i) => Math.abs(value - colour[i]) <= most);

/** Ink is what differs clearly from the place's own upper left corner. */
export function ink(rgb, place) {
  const [x, y] = place;
  const paper = rgb.subarray((y * width + x) * 3, (y * width + x) * 3 + 3);
  return share(rgb, place, (pixel) => far(pixel, paper) > 150);
}

/** The share of a place's pixels that changed from one screen to the next. */
export function moved(a, b, place) {
  const before = [...pixels(a, place)];
  let i = 0;
  return share(b, place, (pixel) => far(pixel, before[i++]) > 30);
}
