import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Fault } from '../bridge';
import type { FigureEntry, Figures as Told } from '../bridge/types';
import { Figures } from './figures.svelte';
import { Notices } from './notices.svelte';

const entry = (n: number): FigureEntry => ({
  ...{ n, seq: n, asker: 0, atMs: n * 1000, outcome: 'answered', warmup: false, shared: false },
  ...{ ageMs: 5, firstTokenMs: 200, totalMs: 480, tokensPerS: 50, promptTokens: 301, completionTokens: 24, joules: null },
});

/** A program that has counted so many answers. */
function program() {
  const told = { from: 1, to: 3, lost: false };
  const asked: number[] = [];
  const bridge = {
    figures: vi.fn((after: number): Promise<Told> => {
      asked.push(after);
      const all = Array.from({ length: told.to - told.from + 1 }, (_, i) => entry(told.from + i));
      return Promise.resolve({ sinceMs: 1, askers: [], entries: all.filter(({ n }) => told.lost || n > after), next: told.to, lost: told.lost });
    }),
    startOver: vi.fn(() => Promise.resolve()),
    loads: vi.fn(() => Promise.resolve([])),
    exportFigures: vi.fn<(name: string, warm: boolean) => Promise<boolean>>(() => Promise.resolve(true)),
  };
  const notices = new Notices();
  return { told, asked, bridge, notices, figures: new Figures(bridge, notices) };
}

const shown = (figures: Figures) => figures.shown.entries.map(({ n }) => n);
const later = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const hide = (hidden: boolean) => vi.spyOn(document, 'hidden', 'get').mockReturnValue(hidden);

describe('the figures', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it('grow by what is new, once a second', async () => {
    const { figures, told, asked } = program();
    const stop = figures.watch();
    await later(10);
    expect(shown(figures)).toEqual([1, 2, 3]);
    told.to = 5;
    await later(1000);
    expect(shown(figures)).toEqual([1, 2, 3, 4, 5]);
    expect(asked).toEqual([0, 3]);
    stop();
    await later(5000);
    expect(asked).toEqual([0, 3]);
  });

  it('are not asked for while the window is hidden', async () => {
    const { figures, bridge } = program();
    const stop = figures.watch();
    await later(10);
    hide(true);
    await later(5000);
    expect(bridge.figures).toHaveBeenCalledTimes(1);
    hide(false);
    await later(1000);
    expect(bridge.figures).toHaveBeenCalledTimes(2);
    stop();
  });

  it('go on counting while the chart stands still', async () => {
    const { figures, told } = program();
    const stop = figures.watch();
    await later(10);
    figures.pause();
    told.to = 7;
    await later(1000);
    expect([shown(figures), figures.paused, figures.missed]).toEqual([[1, 2, 3], true, 4]);
    figures.pause();
    expect([shown(figures).length, figures.paused, figures.missed]).toEqual([7, false, 0]);
    stop();
  });

  it('begin anew where the program lost the thread, also when it stood still', async () => {
    const { figures, told } = program();
    const stop = figures.watch();
    await later(10);
    figures.pause();
    Object.assign(told, { from: 1, to: 1, lost: true });
    await later(1000);
    expect([shown(figures), figures.paused]).toEqual([[1], false]);
    stop();
  });

  it('start over at once, and what was asked for before it counts no more', async () => {
    const { figures, told, bridge, asked } = program();
    const stop = figures.watch();
    await later(10);
    let late: (told: Told) => void = () => undefined;
    bridge.figures.mockImplementationOnce(() => new Promise((answer) => (late = answer)));
    await later(1000);
    Object.assign(told, { from: 4, to: 4 });
    await figures.startOver();
    expect([shown(figures), asked.at(-1)]).toEqual([[4], 0]);
    late({ sinceMs: 0, askers: [], entries: [entry(1), entry(2)], next: 3, lost: false });
    await later(1000);
    expect([shown(figures), asked.at(-1)]).toEqual([[4], 4]);
    stop();
  });

  it('keep what they know when the program does not answer, and say why', async () => {
    const { figures, bridge } = program();
    const stop = figures.watch();
    await later(10);
    bridge.figures.mockRejectedValueOnce(new Fault('figures', 'Not now.'));
    await later(1000);
    expect([shown(figures).length, figures.fault?.message]).toEqual([3, 'Not now.']);
    await later(1000);
    expect(figures.fault).toBeNull();
    stop();
  });

  it('are exported as they are shown, and only what was written is told', async () => {
    const { figures, bridge, notices } = program();
    bridge.exportFigures.mockResolvedValueOnce(false);
    await figures.export('figures');
    expect(notices.shown).toEqual([]);
    figures.warm = true;
    await figures.export('figures');
    expect(bridge.exportFigures.mock.calls).toEqual([['figures', false], ['figures', true]]);
    expect(notices.shown.length).toBe(1);
  });

  it('tell that a server says nothing where it cannot be asked', async () => {
    const { figures, bridge } = program();
    expect(figures.loads).toBeNull();
    bridge.loads.mockRejectedValue(new Fault('gone', 'Gone.'));
    const stop = figures.watchLoads();
    await later(10);
    expect(figures.loads).toEqual([]);
    stop();
  });
});
