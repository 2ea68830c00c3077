import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Gpu, StatsSnapshot } from '../bridge/types';
import { Past } from './past';
import { marks } from './minute';
import { Stats } from './stats.svelte';

const gpu = (id: string, utilisation: number | null = 50): Gpu => ({
  ...{ id, index: 0, name: `GPU ${id}`, vendor: 'nvidia', kind: 'gpu', utilisation, memory: { used: 6, total: 24 }, temperature: 60, power: 200 },
  ...{ powerLimit: null, energy: null, encoder: null, decoder: null, graphicsClock: null, memoryClock: null },
  ...{ throttled: null, processes: null, instances: null },
});
const look = (atMs: number, some: Partial<StatsSnapshot> = {}): StatsSnapshot => ({
  ...{ atMs, gpus: [], fault: null, cpu: 10, memory: { used: 8, total: 32 }, cores: null, model: '', disk: null, own: null, all: null },
  ...some,
});

/** A machine that answers at once, unless told otherwise, and a window that can be hidden. */
function machine(gauges = { perSecond: 0, minutes: 0 }) {
  const settings = { gauges };
  const asked: boolean[] = [];
  const rig = { settings, asked, answer: () => Promise.resolve(look(Date.now())), hidden: false };
  const stats = new Stats({ stats: (details) => (asked.push(details), rig.answer()) }, settings);
  vi.spyOn(document, 'hidden', 'get').mockImplementation(() => rig.hidden);
  const hide = (hidden: boolean) => {
    rig.hidden = hidden;
    document.dispatchEvent(new Event('visibilitychange'));
  };
  return { ...rig, rig, stats, hide, looks: async (ms: number) => (asked.splice(0), await vi.advanceTimersByTimeAsync(ms), asked.length) };
}

describe('looking at the machine', () => {
  beforeEach(() => vi.useFakeTimers({ now: 1_800_000_000_000 }));
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it('happens twice a second, or as often as the settings say, from one moment to the next', async () => {
    const { stats, rig, looks } = machine();
    const stop = stats.watch();
    expect(await looks(10_000)).toBe(20);
    rig.settings.gauges = { perSecond: 10, minutes: 1 };
    await looks(500);
    expect(await looks(10_000)).toBe(100);
    rig.settings.gauges = { perSecond: 1, minutes: 1 };
    await looks(500);
    expect(await looks(10_000)).toBe(10);
    stop();
    expect(await looks(10_000)).toBe(0);
  });

  it('is done once for all who watch, until the last of them goes', async () => {
    const { stats, looks } = machine();
    const [one, two] = [stats.watch(), stats.watch()];
    expect(await looks(5000)).toBe(10);
    one();
    one();
    expect(await looks(5000)).toBe(10);
    two();
    expect(await looks(5000)).toBe(0);
  });

  it('is detailed for as long as somebody sees the details', async () => {
    const { stats, asked, looks } = machine();
    stats.watch();
    const done = [stats.details(), stats.details()];
    await looks(1000);
    expect(asked).toEqual([true, true]);
    done[0]?.();
    await looks(1000);
    expect(asked).toEqual([true, true]);
    done[1]?.();
    await looks(1000);
    expect(asked).toEqual([false, false]);
  });

  it('rests while the window is hidden, and leaves a gap', async () => {
    const { stats, hide, looks } = machine();
    stats.watch();
    await looks(2000);
    hide(true);
    expect(await looks(30_000)).toBe(0);
    hide(false);
    expect(await looks(1000)).toBe(2);
    const { cpu, at } = stats.history;
    expect(cpu.filter((value) => value === null).length).toBe(1);
    expect(cpu.at(0)).toBe(10);
    expect(at.every((time, i) => i === 0 || time > (at[i - 1] ?? 0))).toBe(true);
    expect(stats.minute.filter((mark) => mark.cpu === null).length).toBeGreaterThan(27);
  });

  it('is never begun twice at a time, and what was late is not made up for', async () => {
    const { stats, rig, asked, looks } = machine();
    stats.watch();
    await looks(1000);
    let answer: (now: StatsSnapshot) => void = () => undefined;
    rig.answer = () => new Promise((resolve) => (answer = resolve));
    expect(await looks(3000)).toBe(1);
    rig.answer = () => Promise.resolve(look(Date.now()));
    answer(look(Date.now()));
    await looks(1000);
    expect(asked.length).toBe(2);
  });

  it('shows nothing once the machine said nothing for five seconds, or failed, and a gap when it is back', async () => {
    const { stats, rig, looks } = machine();
    stats.watch();
    await looks(1000);
    expect(stats.now?.cpu).toBe(10);
    let answer: (now: StatsSnapshot) => void = () => undefined;
    rig.answer = () => new Promise((resolve) => (answer = resolve));
    await looks(4000);
    expect(stats.now?.cpu).toBe(10);
    await looks(2000);
    expect(stats.now).toBeNull();
    rig.answer = () => Promise.reject(new Error('gone'));
    answer(look(Date.now()));
    await looks(1000);
    expect([stats.now, stats.looked]).toEqual([null, true]);
    rig.answer = () => Promise.resolve(look(Date.now()));
    await looks(1000);
    expect(stats.now?.cpu).toBe(10);
    expect(stats.history.cpu.filter((value) => value === null).length).toBe(2);
  });

  it.each([1, 2, 5, 10])('draws the last minute the same at %i looks a second', async (perSecond) => {
    const { stats, looks } = machine({ perSecond, minutes: 1 });
    stats.watch();
    await looks(90_000);
    expect(stats.minute.length).toBe(marks);
    await looks(30_000);
    expect(stats.minute.every((mark) => mark.cpu === 10 && mark.memory === 25)).toBe(true);
  });

  it('tells that there is more by a new history', async () => {
    const { stats, looks } = machine();
    stats.watch();
    await looks(1000);
    const before = stats.history;
    await looks(500);
    expect(stats.history).not.toBe(before);
    expect(stats.history.at.length).toBe(stats.history.cpu.length);
  });
});

describe('what is remembered', () => {
  const lengths = ({ history: { at, cpu, memory, gpus } }: Past) => {
    const all = [cpu, memory, ...gpus.flatMap((one) => [one.utilisation, one.memory, one.power, one.temperature])];
    return { at: at.length, others: [...new Set(all.map((list) => list.length))] };
  };

  it('keeps GPUs that come and go apart, and forgets who was not seen for as long as it remembers', () => {
    const past = new Past();
    let now = 1000;
    const see = (seconds: number, ...gpus: Gpu[]) => {
      for (let i = 0; i < seconds; i++) past.add(look((now += 1000), { gpus }), 1, false);
    };
    see(10, gpu('a', 10), gpu('b', 20));
    see(10, gpu('b', 30));
    see(10, gpu('c', 40), gpu('b', null));
    const [a, b, c] = past.history.gpus;
    expect([a?.utilisation, b?.utilisation, c?.utilisation].map((line) => [line?.[5], line?.[15], line?.[25]])).toEqual([
      [10, null, null],
      [20, 30, null],
      [null, null, 40],
    ]);
    expect([b?.memory[5], b?.power[5], b?.temperature[5]]).toEqual([25, 200, 60]);
    expect(lengths(past)).toEqual({ at: 30, others: [30] });
    see(100, gpu('c'));
    expect(past.history.gpus.map(({ id }) => id)).toEqual(['c']);
    expect(past.history.gpus[0]?.name).toBe('GPU c');
  });

  it('holds what two GPUs of one name told, even the same one twice', () => {
    const past = new Past();
    past.add(look(1000, { gpus: [gpu('a', 1), gpu('a', 2)] }), 1, false);
    past.add(look(2000, { gpus: [gpu('a', 3)] }), 1, false);
    expect(past.history.gpus.map((one) => one.utilisation)).toEqual([[2, 3]]);
  });

  it('has a gap where the computer slept', () => {
    const past = new Past();
    for (const at of [1000, 1500, 3_600_000]) past.add(look(at), 60, false);
    expect(past.history.cpu).toEqual([10, 10, null, 10]);
  });

  it('begins anew where the clock was set back', () => {
    const past = new Past();
    for (const at of [9000, 9500, 3000, 3500]) past.add(look(at, { gpus: [gpu('a')] }), 60, false);
    expect(past.history.at).toEqual([3, 3.5]);
    expect(lengths(past).others).toEqual([2]);
  });

  it('takes what an hour holds at ten looks a second, and a little more, at the same price all the time', () => {
    const past = new Past();
    const gpus = [gpu('a')];
    let now = 0;
    const add = (count: number) => {
      const began = performance.now();
      for (let i = 0; i < count; i++) past.add(look((now += 100), { gpus }), 60, false);
      return performance.now() - began;
    };
    // The best of several, for a busy machine.
    const price = () => Math.min(add(2000), add(2000), add(2000));
    const few = price();
    add(30_000);
    expect(lengths(past)).toEqual({ at: 36_000, others: [36_000] });
    // To copy the lists at each look would cost a hundred times as much.
    expect(price()).toBeLessThan(20 * few);
    expect(past.history.at.length).toBeGreaterThanOrEqual(36_000);
    expect(past.history.at.length).toBeLessThanOrEqual((36_000 * 16) / 15 + 1);
    past.add(look((now += 100), { gpus }), 1, false);
    expect(past.history.at.length).toBeLessThanOrEqual(602);
  });
});
