import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Fault, type Bridge } from '../bridge';
import type { Entry, Hit, Recording } from '../bridge/types';
import { Clip } from './clip.svelte';
import { Finder } from './finder.svelte';
import { Notices } from './notices.svelte';
import { Opened } from './opened.svelte';
import { Player, type Film, type Reel } from './player.svelte';
import { Recordings } from './recordings.svelte';
import { Watch } from './watch.svelte';

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
const piece = (startMs: number, lengthMs: number) => ({ startMs, lengthMs, width: 640, height: 360 });
const recording = (some: Partial<Recording> = {}) =>
  ({ id: 'r', title: '', source: 'Door', busy: false, video: true, lengthMs: 30_000, segments: [piece(0, 10_000), piece(20_000, 10_000)], ...some }) as Recording;
const entry = (at_ms: number, some: Partial<Entry> = {}) => ({ at_ms, seq: at_ms, outcome: 'answered', text: 'A mug.', ...some }) as Entry;

/** A video that shows what it is told to, and plays when the test says so. */
class FakeReel implements Reel {
  shown: [number, number][] = [];
  runs: [boolean, number][] = [];
  positionMs: number | null = 0;
  ended = false;
  longer = false;
  show(segment: number, offsetMs: number) {
    this.shown.push([segment, offsetMs]);
    this.positionMs = offsetMs;
    this.ended = false;
  }
  run(on: boolean, speed: number) {
    this.runs.push([on, speed]);
  }
  grown() {
    this.ended = this.ended && !this.longer;
    return this.longer;
  }
}

const film = (some: Partial<Film> = {}): Film => ({ lengthMs: 30_000, segments: [piece(0, 10_000), piece(20_000, 10_000)], pictured: () => false, ...some });

function playing(what: Film) {
  const player = new Player(() => what);
  const reel = new FakeReel();
  player.attach(reel);
  player.toggle();
  return { player, reel };
}

describe('playing', () => {
  it('goes from one piece of video to the next, past a gap where there is nothing to see', () => {
    const { player, reel } = playing(film());
    reel.positionMs = 9990;
    player.advance(16);
    expect(player.timeMs).toBe(9990);
    reel.ended = true;
    player.advance(16);
    player.advance(16);
    expect(reel.shown.at(-1)).toEqual([1, 0]);
    expect([player.timeMs, player.playing]).toEqual([20_000, true]);
  });

  it('plays through a gap by a clock of its own where it has pictures', () => {
    const { player, reel } = playing(film({ pictured: () => true }));
    player.setSpeed(2);
    reel.positionMs = 10_000;
    reel.ended = true;
    player.advance(16);
    player.advance(500);
    expect(player.timeMs).toBe(11_000);
    expect(reel.runs.at(-1)).toEqual([false, 2]);
  });

  it('comes out of a gap at the beginning of the next piece, whatever the last one still shows', () => {
    const { player, reel } = playing(film({ pictured: () => true }));
    reel.positionMs = 10_000;
    reel.ended = true;
    for (let i = 0; i < 1000 && reel.shown.at(-1)?.[0] !== 1; i++) player.advance(16);
    expect(reel.shown.at(-1)).toEqual([1, 0]);
    expect(player.timeMs).toBe(20_000);
  });

  it('ends at the end, and begins anew from there', () => {
    const { player, reel } = playing(film());
    player.seek(29_000);
    reel.positionMs = 10_000;
    player.advance(16);
    expect([player.playing, player.timeMs]).toEqual([false, 30_000]);
    player.toggle();
    expect([player.playing, player.timeMs, reel.shown.at(-1)]).toEqual([true, 0, [0, 0]]);
  });

  it('stays at the place asked for until the video is there, and does not go back for the picture before it', () => {
    const { player, reel } = playing(film());
    player.seek(5000);
    reel.positionMs = null;
    player.advance(16);
    expect(player.timeMs).toBe(5000);
    reel.positionMs = 4967;
    player.advance(16);
    expect(player.timeMs).toBe(5000);
  });

  it('goes on with what was written since it began', () => {
    const { player, reel } = playing(film());
    reel.positionMs = 4000;
    reel.ended = true;
    reel.longer = true;
    player.advance(16);
    expect([player.playing, player.timeMs, reel.ended]).toEqual([true, 4000, false]);
  });

  it('without video is a clock, at every speed', () => {
    const { player } = playing(film({ segments: [] }));
    player.shift(1);
    player.shift(1);
    player.shift(1);
    player.shift(1);
    expect(player.speed).toBe(8);
    player.advance(1000);
    expect(player.timeMs).toBe(8000);
    for (let i = 0; i < 9; i++) player.shift(-1);
    expect(player.speed).toBe(0.5);
    player.advance(100_000);
    expect([player.timeMs, player.playing]).toEqual([30_000, false]);
  });

  it('keeps within the recording', () => {
    const { player } = playing(film());
    player.seek(-5);
    expect(player.timeMs).toBe(0);
    player.seek(9e9);
    expect(player.timeMs).toBe(30_000);
  });
});

describe('a clip', () => {
  it('is never turned round', () => {
    const clip = new Clip();
    expect(clip.within(90)).toBeNull();
    clip.begin(20);
    clip.end(50);
    expect(clip.within(90)).toEqual({ fromMs: 20, toMs: 50 });
    clip.begin(60);
    expect(clip.within(90)).toEqual({ fromMs: 60, toMs: 90 });
    clip.end(10);
    expect(clip.within(90)).toEqual({ fromMs: 0, toMs: 10 });
  });
});

/** A program with one recording, which grows when the test says so. */
function shelfOf(first: Recording, entries: Entry[]) {
  const now = { recording: first, entries };
  const asked = vi.fn();
  const bridge = {
    recording: () => (asked(), Promise.resolve(now.recording)),
    entries: () => Promise.resolve(now.entries),
    player: () => Promise.resolve('http://127.0.0.1:1/secret'),
  };
  return { now, asked, opened: new Opened(bridge, 'r') };
}

describe('a recording that is looked at', () => {
  it('has its answers in the order of time, and those apart that say nothing', async () => {
    const { opened } = shelfOf(recording(), [entry(3000), entry(1000, { picture: 'frames/1.jpg' }), entry(2000, { outcome: 'superseded' })]);
    const stop = opened.follow();
    await settle();
    expect([opened.entries?.map((e) => e.at_ms), opened.told.map((e) => e.at_ms), opened.pictured.length]).toEqual([[1000, 2000, 3000], [1000, 3000], 1]);
    expect(opened.base).toBe('http://127.0.0.1:1/secret');
    stop();
  });

  describe('by the clock', () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    it('is read again while it is being written, and not after', async () => {
      const { now, asked, opened } = shelfOf(recording({ busy: true }), [entry(1000)]);
      const stop = opened.follow();
      await vi.advanceTimersByTimeAsync(2900);
      expect(asked).toHaveBeenCalledTimes(1);
      Object.assign(now, { recording: recording({ busy: false, lengthMs: 40_000 }), entries: [entry(1000), entry(2000)] });
      await vi.advanceTimersByTimeAsync(200);
      expect([opened.recording?.lengthMs, opened.told.length]).toEqual([40_000, 2]);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(asked).toHaveBeenCalledTimes(2);
      stop();
    });

    it('is left alone when nobody looks', async () => {
      const { asked, opened } = shelfOf(recording({ busy: true }), []);
      const stop = opened.follow();
      await vi.advanceTimersByTimeAsync(10);
      stop();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(asked).toHaveBeenCalledTimes(1);
    });
  });
});

describe('watching', () => {
  const watching = async (entries: Entry[], some: Partial<Recording> = {}) => {
    const { opened } = shelfOf(recording(some), entries);
    const stop = opened.follow();
    await settle();
    stop();
    return new Watch(opened);
  };

  it('goes from answer to answer, and among those that were looked for', async () => {
    const watch = await watching([entry(1000), entry(2000, { text: 'A cat.' }), entry(3000), entry(4000, { text: 'A CÁT' })]);
    watch.step(1);
    watch.step(1);
    expect([watch.player.timeMs, watch.current]).toEqual([2000, 1]);
    watch.typed = 'cat';
    expect([watch.shown.length, watch.current]).toEqual([2, 0]);
    watch.step(1);
    expect(watch.player.timeMs).toBe(4000);
    watch.step(1);
    expect(watch.player.timeMs).toBe(4000);
    watch.step(-1);
    watch.step(-1);
    expect(watch.player.timeMs).toBe(0);
  });

  it('shows the words of a moment for as long as they may be about it', async () => {
    const watch = await watching([entry(1000), entry(20_000, { outcome: 'failed', text: 'half' })]);
    const at = (ms: number) => (watch.player.seek(ms), watch.caption);
    expect([at(900), at(1000), at(15_900), at(16_100), at(20_100)]).toEqual(['', 'A mug.', 'A mug.', '', '']);
    watch.captions = false;
    expect(at(1000)).toBe('');
  });

  it('becomes a slideshow where the video cannot be played', async () => {
    const watch = await watching([entry(1000, { picture: 'a' }), entry(5000, { picture: 'b' })]);
    watch.player.seek(4000);
    expect(watch.player.place.segment).toBe(0);
    watch.trouble = 'missing';
    expect([watch.player.place.segment, watch.slide?.picture]).toEqual([-1, 'a']);
    watch.player.seek(0);
    expect(watch.slide?.picture).toBe('a');
  });
});

describe('the search', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const hit = (words: string) => [{ seq: 1, title: words } as Hit];

  it('asks when the typing pauses, and newer words overtake older ones', async () => {
    const ends: Record<string, (hits: Hit[]) => void> = {};
    const search = vi.fn((words: string) => new Promise<Hit[]>((end) => (ends[words] = end)));
    const finder = new Finder({ search });
    for (const words of ['r', 're', 'red']) finder.look(words);
    await vi.advanceTimersByTimeAsync(200);
    finder.look('red m');
    await vi.advanceTimersByTimeAsync(200);
    ends['red m']?.(hit('new'));
    ends['red']?.(hit('old'));
    await vi.advanceTimersByTimeAsync(0);
    expect(search.mock.calls.map(([words]) => words)).toEqual(['red', 'red m']);
    expect([finder.found, finder.hits[0]?.title, finder.busy]).toEqual(['red m', 'new', false]);
    finder.look('');
    expect([finder.found, finder.hits.length]).toEqual(['', 0]);
  });

  it('says what went wrong, and asks again', async () => {
    const search = vi.fn().mockRejectedValueOnce(new Fault('x', 'No index.')).mockResolvedValue(hit('well'));
    const finder = new Finder({ search });
    finder.look('mug');
    await vi.advanceTimersByTimeAsync(200);
    expect(finder.fault?.message).toBe('No index.');
    await finder.again();
    expect([finder.fault, finder.hits.length]).toEqual([null, 1]);
  });
});

describe('the list of recordings', () => {
  const shelf = (recordings: Recording[]) => ({ recordings, folder: '/v', bytes: 1, free: 2, limit: 0 });

  it('takes over what was changed, and keeps what was refused', async () => {
    const bridge = {
      recordings: () => Promise.resolve(shelf([recording(), recording({ id: 's' })])),
      renameRecording: (id: string, title: string) => Promise.resolve(recording({ id, title })),
      keepRecording: () => Promise.reject(new Fault('x', 'The folder is read-only.')),
    };
    const notices = new Notices();
    const recordings = new Recordings(bridge as unknown as Bridge, notices);
    await recordings.load();
    await recordings.rename('s', 'Back door');
    expect(await recordings.keep('s', true)).toBe(false);
    expect(recordings.all.map((one) => one.title)).toEqual(['', 'Back door']);
    expect(notices.shown[0]?.message).toBe('The folder is read-only.');
  });

  it('exports to the file that was chosen, and not at all without one', async () => {
    const chosen = ['', '/home/ada/a.csv'];
    const exportRecording = vi.fn(() => Promise.resolve({ files: ['/home/ada/a.csv'], note: '' }));
    const bridge = { pickExport: () => Promise.resolve(chosen.shift() ?? ''), exportRecording };
    const notices = new Notices();
    const recordings = new Recordings(bridge as unknown as Bridge, notices);
    const form = { id: 'r', format: 'csv', fromMs: 0, toMs: 0 } as const;
    expect(await recordings.export(form, 'a.csv', () => undefined)).toBe(false);
    expect(exportRecording).not.toHaveBeenCalled();
    expect(await recordings.export(form, 'a.csv', () => undefined)).toBe(true);
    expect(exportRecording).toHaveBeenCalledWith({ ...form, to: '/home/ada/a.csv' });
    expect(notices.shown[0]?.message).toBe('Exported a.csv.');
  });
});
