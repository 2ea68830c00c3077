import { describe, expect, it } from 'vitest';
import { byDay, dayName } from './days';
import { byTime, currentAt, nearest, pictureAt, says, saying, stepFrom } from './entries';
import { around, has, marked, wordsOf } from './find';
import { marksOf, ticksOf } from './marks';
import { askersOf, factsOf, fileName, moment, nameOf, size } from './recording';
import { gaps, placeAt } from './segments';
import { drawnRows, scrollFor } from './windowing';

const plain = (text: string) => text.replace(/\u00a0/g, ' ');
const seg = (startMs: number, lengthMs: number) => ({ startMs, lengthMs });
const at = (at_ms: number, some: object = {}) => ({ at_ms, seq: at_ms, outcome: 'answered', text: 'a mug', ...some });

describe('a moment of a recording', () => {
  const film = [seg(0, 10_000), seg(10_040, 20_000), seg(40_000, 5000)];
  const where = (ms: number) => {
    const { segment, offsetMs } = placeAt(film, ms, 50_000);
    return [segment, offsetMs];
  };

  it.each([
    [0, [0, 0]],
    [9999, [0, 9999]],
    [10_030, [0, 10_030]],
    [10_040, [1, 0]],
    [30_039, [1, 19_999]],
    [35_000, [-1, 4960]],
    [39_990, [-1, 9950]],
    [40_000, [2, 0]],
    [45_000, [2, 5000]],
    [48_000, [-1, 3000]],
  ])('at %d ms is found in its piece of video', (ms, place) => expect(where(ms)).toEqual(place));

  it('before the first video is a gap up to it', () => {
    expect(placeAt([seg(3000, 1000)], 1000, 9000)).toEqual({ segment: -1, offsetMs: 1000, fromMs: 0, toMs: 3000 });
    expect(placeAt([seg(40, 1000)], 0, 9000)).toMatchObject({ segment: 0, offsetMs: 0 });
    expect(placeAt([], 1000, 9000)).toEqual({ segment: -1, offsetMs: 1000, fromMs: 0, toMs: 9000 });
  });

  it('goes over from piece to piece where they meet, and into the gap where they do not', () => {
    expect(placeAt(film, 500, 50_000).toMs).toBe(10_040);
    expect(placeAt(film, 20_000, 50_000).toMs).toBe(30_040);
    expect(placeAt(film, 46_000, 50_000).toMs).toBe(50_000);
  });

  it('without video is shown as a gap, seams are not', () => {
    expect(gaps(film, 50_000)).toEqual([
      { fromMs: 30_040, toMs: 40_000 },
      { fromMs: 45_000, toMs: 50_000 },
    ]);
    expect(gaps([], 4000)).toEqual([{ fromMs: 0, toMs: 4000 }]);
  });

  it('is read to the tenth of a second', () => {
    expect([0, 299, 61_250, 3_723_900].map(moment)).toEqual(['0:00.0', '0:00.2', '1:01.2', '1:02:03.9']);
  });
});

describe('the answer of a moment', () => {
  const list = byTime([at(5000), at(1000), at(3000, { group: 7, seq: 8 }), at(3000, { group: 7, seq: 7 })]);

  it('is the last one before it; of several about one frame the first', () => {
    expect(list.map((e) => e.seq)).toEqual([1000, 7, 8, 5000]);
    expect([0, 999.7, 2999, 3000, 4999, 9e9].map((ms) => currentAt(list, ms))).toEqual([-1, 0, 0, 1, 1, 3]);
    expect(currentAt([], 5)).toBe(-1);
  });

  it('is stepped through frame by frame', () => {
    expect(stepFrom(list, 1000, 1)).toBe(3000);
    expect(stepFrom(list, 3000, 1)).toBe(5000);
    expect(stepFrom(list, 5000, 1)).toBeUndefined();
    expect(stepFrom(list, 3000, -1)).toBe(1000);
    expect(stepFrom(list, 3400, -1)).toBe(3000);
    expect(stepFrom(list, 1000, -1)).toBeUndefined();
  });

  it('is left behind when stepping back while it plays', () => expect(stepFrom(list, 3400, -1, 800)).toBe(1000));

  it('has a picture: the newest, or the first one to come; never one of another stretch', () => {
    expect(pictureAt(list, 4000, 0, 9000)?.at_ms).toBe(3000);
    expect(pictureAt(list, 200, 0, 9000)?.at_ms).toBe(1000);
    expect(pictureAt(list, 4000, 3500, 4500)).toBeUndefined();
    expect([900, 2200, 9999].map((ms) => nearest(list, ms)?.at_ms)).toEqual([1000, 3000, 5000]);
    expect(nearest([], 1)).toBeUndefined();
  });

  it('says its words, or why there are none; what was superseded says nothing', () => {
    expect([at(1), at(1, { outcome: 'superseded' }), at(1, { outcome: 'cancelled', text: '' })].map(says)).toEqual([true, false, false]);
    expect(saying(at(1, { outcome: 'failed', text: 'A', error: { message: 'It fell silent.' } }))).toBe('It fell silent.');
  });
});

describe('a list of ten thousand', () => {
  it('draws what is seen and little more', () => {
    expect(drawnRows(10_000, 80, 400_000, 640)).toEqual({ from: 4994, to: 5014, aboveRoom: 399_520, belowRoom: 398_880 });
    expect(drawnRows(10_000, 80, 0, 640)).toMatchObject({ from: 0, aboveRoom: 0 });
    expect(drawnRows(3, 80, 0, 640)).toEqual({ from: 0, to: 3, aboveRoom: 0, belowRoom: 0 });
    expect(drawnRows(3, 80, 90_000, 640)).toEqual({ from: 3, to: 3, aboveRoom: 240, belowRoom: 0 });
  });

  it('scrolls only when the row is not seen with its neighbours', () => {
    expect(scrollFor(3, 80, 0, 640, 100)).toBeNull();
    expect(scrollFor(7, 80, 0, 640, 100)).toBe(560 - 186);
    expect(scrollFor(0, 80, 300, 640, 100)).toBe(0);
    expect(scrollFor(99, 80, 0, 640, 100)).toBe(8000 - 640);
    expect(scrollFor(99, 80, 7360, 640, 100)).toBeNull();
  });
});

describe('finding', () => {
  it('knows neither case nor accents nor order', () => {
    expect(has('Ein Café am Öresund', wordsOf(' OREsund cafe'))).toBe(true);
    expect(has('A red mug', wordsOf('red cup'))).toBe(false);
    expect(has('anything', wordsOf('  '))).toBe(true);
  });

  it('marks what was found in the text as it was written', () => {
    expect(marked('Café, café!', wordsOf('cafe')).map((p) => (p.found ? `[${p.text}]` : p.text))).toEqual(['[Café]', ', ', '[café]', '!']);
    expect(marked('한국 커피', wordsOf('커피')).filter((p) => p.found).map((p) => p.text)).toEqual(['커피']);
    expect(marked('', wordsOf('x'))).toEqual([]);
    expect(marked('mug 😀 mug', wordsOf('mug')).map((p) => p.text)).toEqual(['mug', ' 😀 ', 'mug']);
  });

  it('begins a little before it', () => {
    const pieces = marked(`${'word '.repeat(40)}mug here`, ['mug']);
    expect(around(pieces).map((p) => p.text).join('')).toMatch(/^… (word ){1,8}mug here$/);
    expect(around(marked('a mug', ['mug'])).length).toBe(2);
  });
});

describe('recordings by day', () => {
  const now = new Date(2026, 10, 22, 0, 30).getTime();
  const on = (...when: [number, number, number, number, number]) => ({ startedMs: new Date(...when).getTime() });

  it('are called as a person calls them', () => {
    expect(dayName(now - 60_000, now)).toBe('Today');
    expect(dayName(now - 3_600_000, now)).toBe('Yesterday');
    expect(plain(dayName(on(2026, 10, 19, 12, 0).startedMs, now))).toMatch(/^Thursday,? 19 November$/);
    expect(plain(dayName(on(2025, 11, 31, 23, 59).startedMs, now))).toMatch(/2025$/);
  });

  it('stay in their order', () => {
    const days = byDay([on(2026, 10, 22, 0, 20), on(2026, 10, 21, 23, 0), on(2026, 10, 21, 1, 0), on(2026, 9, 1, 1, 0)], now);
    expect(days.map((day) => [day.name.split(' ')[0]?.replace(',', ''), day.items.length])).toEqual([['Today', 1], ['Yesterday', 2], ['Thursday', 1]]);
    expect(byDay([], now)).toEqual([]);
  });
});

describe('the timeline', () => {
  it('has at most a mark of each outcome a pixel, the tallest first, so that none hides another', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => at(i * 1000, { outcome: i % 100 === 0 ? 'failed' : i % 3 === 0 ? 'superseded' : 'answered' }));
    const marks = marksOf(many, 10_000_000, 800);
    expect(marks.length).toBeLessThanOrEqual(800 * 3);
    expect(marks.filter((m) => m.outcome === 'failed').length).toBe(100);
    expect([marks[0]?.outcome, marks.at(-1)?.outcome]).toEqual(['failed', 'superseded']);
    expect(Math.max(...marks.map((m) => m.x))).toBeLessThan(800);
  });

  it('is empty where there is nothing', () => {
    expect(marksOf([at(5)], 0, 800)).toEqual([]);
    expect(marksOf([at(5)], 10, 0)).toEqual([]);
    expect(ticksOf(0, 800)).toEqual([]);
  });

  it('is labelled with round times', () => {
    expect(ticksOf(60_000, 900)).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000]);
    expect(ticksOf(20_000_000, 900).length).toBeLessThan(9);
  });
});

describe('a recording in words', () => {
  const recording = {
    ...{ title: '', source: 'Logitech C920', startedMs: new Date(2026, 10, 22, 7, 29).getTime(), lengthMs: 60_000, bytes: 214_000_000 },
    ...{ askers: [{ backend: 'Lab', model: 'qwen' }, { backend: 'Built-in', model: '' }], outcomes: { answered: 1280, failed: 2 } },
  };

  it('is called by its title or its source, and says who answered', () => {
    expect([nameOf(recording), nameOf({ ...recording, title: 'Desk' }), nameOf({ title: '', source: '' })]).toEqual(['Logitech C920', 'Desk', 'Recording']);
    expect(askersOf(recording)).toBe('qwen, Built-in');
    expect(askersOf({ askers: [...recording.askers, { backend: 'x', model: 'y' }] })).toBe('qwen and 2 more');
    expect(factsOf(recording).map(plain)).toEqual(['1,280 answers', 'qwen, Built-in']);
  });

  it('has a size without a nought behind the point', () => expect([38_400_000, 50e9, 1000].map(size).map(plain)).toEqual(['38.4 MB', '50 GB', '1 kB']));

  it('is exported under a name that every file system takes', () => {
    expect(fileName({ ...recording, title: 'a/b: "c"?' }, 'mp4', true)).toBe('a b c 2026-11-22 07-29 clip.mp4');
  });
});
