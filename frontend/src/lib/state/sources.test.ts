import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Fault } from '../bridge';
import type { Device } from '../bridge/types';
import { Notices } from './notices.svelte';
import { Sources } from './sources.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const device = (name: string): Device => ({ uri: `camera:${name}`, name, kind: 'camera' });

/** A program whose list takes its time. */
function program(list: { now: Device[] | Fault; takesMs?: number }) {
  const asked = vi.fn(async () => {
    await new Promise((resolve) => setTimeout(resolve, list.takesMs ?? 50));
    if (list.now instanceof Fault) throw list.now;
    return { devices: list.now, fault: null };
  });
  const saved = vi.fn(() => Promise.resolve('/home/ada/Pictures/door.jpg'));
  const shown = vi.fn(() => Promise.resolve());
  const notices = new Notices();
  const bridge = { sources: asked, savePicture: saved, revealPicture: shown } as unknown as ConstructorParameters<typeof Sources>[0];
  return { sources: new Sources(bridge, notices), asked, shown, notices };
}
const names = (list: readonly Device[]) => list.map(({ name }) => name);

it('the list renews itself while it is followed, and what is new stands apart', async () => {
  const list = { now: [device('Desk')] };
  const { sources, asked } = program(list);
  const stop = sources.follow();
  await vi.advanceTimersByTimeAsync(100);
  list.now = [device('Door'), device('Desk')];
  await vi.advanceTimersByTimeAsync(2100);
  expect([names(sources.known), names(sources.fresh)]).toEqual([['Desk'], ['Door']]);
  stop();
  const times = asked.mock.calls.length;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).toHaveBeenCalledTimes(times);
});

it('a list that is opened again is whole, without what has gone', async () => {
  const list = { now: [device('Desk')] };
  const { sources } = program(list);
  sources.follow()();
  const stop = sources.follow();
  await vi.advanceTimersByTimeAsync(100);
  stop();
  list.now = [device('Door')];
  sources.follow();
  expect(names(sources.known)).toEqual(['Desk']);
  await vi.advanceTimersByTimeAsync(100);
  expect([names(sources.known), names(sources.fresh)]).toEqual([['Door'], []]);
});

it('a list that comes late moves nothing that is already seen', async () => {
  const list = { now: [device('Desk')], takesMs: 50 };
  const { sources } = program(list);
  const stop = sources.follow();
  await vi.advanceTimersByTimeAsync(100);
  stop();
  Object.assign(list, { now: [device('Door'), device('Desk')], takesMs: 3000 });
  sources.follow();
  await vi.advanceTimersByTimeAsync(3100);
  expect([names(sources.known), names(sources.fresh)]).toEqual([['Desk'], ['Door']]);
});

it('a list that fails says why, and keeps what was known', async () => {
  const list: { now: Device[] | Fault } = { now: [device('Desk')] };
  const { sources } = program(list);
  sources.follow();
  await vi.advanceTimersByTimeAsync(100);
  list.now = new Fault('camera.hung', 'The cameras do not answer.');
  await vi.advanceTimersByTimeAsync(2200);
  expect([sources.fault?.message, names(sources.known)]).toEqual(['The cameras do not answer.', ['Desk']]);
});

it('a picture that is kept tells its name, and can be shown', async () => {
  const { sources, notices, shown } = program({ now: [] });
  await sources.keepPicture();
  const [said] = notices.shown;
  expect(said?.message).toBe('Saved as door.jpg.');
  said?.step?.run();
  expect(shown).toHaveBeenCalledWith('/home/ada/Pictures/door.jpg');
});
