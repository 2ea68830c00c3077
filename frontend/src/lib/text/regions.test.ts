import { describe, expect, it } from 'vitest';
import { foundIn, framesOf } from './boxes';
import { cropping, dragged, drawn, isWhole, keyed, least, mirrored, mirroring, moved, onto, partOf, turned, turning, type Region } from './regions';

const part: Region = { x: 0.5, y: 0.25, w: 0.4, h: 0.5 };
const press = (key: string, how: { shiftKey?: boolean; ctrlKey?: boolean } = {}) => ({ key, shiftKey: false, ctrlKey: false, ...how });

describe('a part that is drawn', () => {
  it('lies between two corners, whichever way it was drawn', () => {
    const wanted = { x: 0.2, y: 0.3, w: 0.5, h: 0.4 };
    expect(drawn({ x: 0.2, y: 0.3 }, { x: 0.7, y: 0.7 })).toEqual(wanted);
    expect(drawn({ x: 0.7, y: 0.3 }, { x: 0.2, y: 0.7 })).toEqual(wanted);
  });

  it('stays within the picture, however far the pointer goes', () => {
    expect(drawn({ x: 0.5, y: 0.5 }, { x: 3, y: -2 })).toEqual({ x: 0.5, y: 0, w: 0.5, h: 0.5 });
  });

  it('is none after a click, and never too thin to be taken hold of', () => {
    expect(drawn({ x: 0.5, y: 0.5 }, { x: 0.505, y: 0.51 })).toBeNull();
    expect(drawn({ x: 0.99, y: 0.1 }, { x: 1, y: 0.9 })).toEqual({ x: 1 - least, y: 0.1, w: least, h: 0.8 });
  });

  it('is moved as it is, and no further than the edge', () => {
    expect(moved(part, 0.05, -0.1)).toEqual({ ...part, x: 0.55, y: 0.15 });
    expect(moved(part, 1, 1)).toEqual({ ...part, x: 0.6, y: 0.5 });
  });

  it('follows the side that is dragged; the opposite one stays', () => {
    expect(dragged(part, 'e', 0.05, 0.9)).toEqual({ ...part, w: 0.45 });
    expect(dragged(part, 'nw', -0.1, 0.1)).toEqual({ x: 0.4, y: 0.35, w: 0.5, h: 0.4 });
    expect(dragged(part, 'w', 2, 0)).toEqual({ x: 0.86, y: 0.25, w: least, h: 0.5 });
    expect(dragged(part, 's', 0, 2)).toEqual({ ...part, h: 0.75 });
  });

  it('is moved by the arrows, changed by them with Shift, further with Ctrl, and left alone by other keys', () => {
    expect(keyed(part, press('ArrowLeft'))).toEqual({ ...part, x: 0.49 });
    expect(keyed(part, press('ArrowDown', { shiftKey: true }))).toEqual({ ...part, h: 0.51 });
    expect(keyed(part, press('ArrowUp', { ctrlKey: true }))).toEqual({ ...part, y: 0.2 });
    expect(keyed(part, press('a'))).toBeNull();
  });

  it('is chosen, and all of the picture is the choice of none', () => {
    expect(cropping(part)).toEqual({ crop: part });
    expect(cropping(null).crop.w).toBe(0);
    expect(cropping({ x: 0.001, y: 0, w: 0.998, h: 1 }).crop.w).toBe(0);
    expect(isWhole({ x: 0, y: 0, w: 1, h: 0.5 })).toBe(false);
    expect(partOf({ crop: { x: 0, y: 0, w: 0, h: 0 } })).toBeUndefined();
    expect(partOf({})).toBeUndefined();
  });
});

describe('a picture that is turned', () => {
  it('takes its part along', () => {
    expect(turned({ x: 0.1, y: 0.2, w: 0.3, h: 0.4 })).toEqual({ x: 0.4, y: 0.1, w: 0.4, h: 0.3 });
    expect(mirrored({ x: 0.1, y: 0.2, w: 0.3, h: 0.4 })).toEqual({ x: 0.6, y: 0.2, w: 0.3, h: 0.4 });
  });

  it('is as it was after four times, and after two mirrors', () => {
    let view = { rotate: 0, mirror: false, crop: part };
    for (let i = 0; i < 4; i++) view = { ...view, ...turning(view) };
    expect(view).toEqual({ rotate: 0, mirror: false, crop: part });
    for (let i = 0; i < 2; i++) view = { ...view, ...mirroring(view) };
    expect(view).toEqual({ rotate: 0, mirror: false, crop: part });
  });

  // The program turns first and mirrors then: what is seen clockwise is the other way round before the mirror.
  it('turns clockwise as it is seen, also mirrored', () => {
    expect(turning({ rotate: 0, mirror: false }).rotate).toBe(90);
    expect(turning({ rotate: 270, mirror: false }).rotate).toBe(0);
    expect(turning({ rotate: 0, mirror: true }).rotate).toBe(270);
    expect(turning({ rotate: 90, mirror: true }).rotate).toBe(0);
  });

  it('has no part afterwards that it had none before', () => {
    expect(turning({ rotate: 0, mirror: false }).crop.w).toBe(0);
    expect(mirroring({ rotate: 0, mirror: false }).crop.w).toBe(0);
  });
});

describe('what was found', () => {
  const cup = { label: 'cup', kind: 'thing', score: 0.9, x: 0.5, y: 0.5, w: 0.25, h: 0.25 };
  const row = (seq: number, some: object = {}) => ({ seq, outcome: 'answered', ...some });

  it('in a part lies in all of the picture', () => {
    expect(onto(cup, undefined)).toEqual({ x: 0.5, y: 0.5, w: 0.25, h: 0.25 });
    const { x, y, w, h } = onto(cup, part);
    expect([x, y, w, h].map((n) => n.toFixed(3))).toEqual(['0.700', '0.500', '0.100', '0.125']);
  });

  it('beyond the edge ends at the edge', () => {
    const { x, y, w, h } = onto({ x: -0.1, y: 0.9, w: 0.3, h: 0.4 }, undefined);
    expect([x, y, w, h].map((n) => n.toFixed(3))).toEqual(['0.000', '0.900', '0.200', '0.100']);
  });

  it('is over once a newer frame is answered, also where nothing is found in that', () => {
    expect(foundIn([row(3, { boxes: [cup] }), row(2)])).toEqual({ seq: 3, boxes: [cup] });
    expect(foundIn([row(3), row(2, { boxes: [cup] })])).toEqual({ seq: 3, boxes: [] });
    expect(foundIn([])).toEqual({ seq: 0, boxes: [] });
  });

  it('stands while the next question is in flight or failed', () => {
    const rows = [row(5, { outcome: '' }), row(4, { outcome: 'failed' }), row(3, { boxes: [cup] })];
    expect(foundIn(rows).boxes).toHaveLength(1);
  });

  it('by any of those who were asked about one frame counts', () => {
    const rows = [row(9, { group: 8 }), row(8, { group: 8, boxes: [cup] }), row(6, { group: 5, boxes: [cup, cup] })];
    expect(foundIn(rows)).toEqual({ seq: 9, boxes: [cup] });
  });

  it('is framed in a small picture that is cut to its place', () => {
    const image = { width: 400, height: 400 };
    const [frame] = framesOf({ boxes: [cup], image }, 16 / 9);
    expect(frame).toMatchObject({ label: 'cup', x: 0.5, w: 0.25, y: 0.5 });
    expect(frame?.h).toBeCloseTo((0.25 * 16) / 9);
    expect(framesOf({ boxes: [{ ...cup, y: 0, h: 0.1 }], image }, 16 / 9)).toEqual([]);
    expect(framesOf({ boxes: [cup] }, 16 / 9)).toEqual([]);
  });
});
