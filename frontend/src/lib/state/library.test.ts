import { describe, expect, it } from 'vitest';
import { Fault, type Bridge } from '../bridge';
import { snapshot } from '../bridge/fake/data';
import type { Check, Report } from '../bridge/types';
import { Doctor } from './doctor.svelte';
import { Library } from './library.svelte';
import { Notices } from './notices.svelte';
import { press } from './shortcuts';

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
const step = (name: string, ok = true): Check => ({ name, ok, ms: 1 });

/** A program whose examinations end when the test says so. */
function clinic() {
  const ends: { model: string; end: (report: Report) => void; fail: (reason: Fault) => void }[] = [];
  const examineBackend = (_: string, model: string) => new Promise<Report>((end, fail) => ends.push({ model, end, fail }));
  return { doctor: new Doctor({ examineBackend }), ends };
}

describe('an examination', () => {
  it('shows its steps as they come, and all of them at the end', async () => {
    const { doctor, ends } = clinic();
    const seen = doctor.examine('lab', 'm');
    doctor.apply({ backend: 'lab', ...step('name') });
    doctor.apply({ backend: 'other', ...step('name', false) });
    expect(seen.checks).toEqual([step('name')]);
    ends[0]?.end({ ok: true, checks: [step('name'), step('connection')] });
    await settle();
    expect([seen.running, seen.checks.length]).toEqual([false, 2]);
    doctor.apply({ backend: 'lab', ...step('late') });
    expect(seen.checks.length).toBe(2);
  });

  it('goes on when nobody looks, and is not begun twice at a time', async () => {
    const { doctor, ends } = clinic();
    const first = doctor.examine('lab', 'a');
    expect(doctor.examine('lab', 'b')).toBe(first);
    const other = doctor.examine('cloud', 'c');
    expect([doctor.of('lab'), doctor.of('cloud')]).toEqual([first, other]);
    ends[0]?.end({ ok: true, checks: [] });
    await settle();
    expect(doctor.examine('lab', 'b')).not.toBe(first);
    expect(ends.map(({ model }) => model)).toEqual(['a', 'c', 'b']);
  });

  it('keeps what was found when it breaks off', async () => {
    const { doctor, ends } = clinic();
    const seen = doctor.examine('lab', 'm');
    doctor.apply({ backend: 'lab', ...step('name') });
    ends[0]?.fail(new Fault('backend.gone', 'It is gone.', 'Add it.'));
    await settle();
    expect([seen.running, seen.checks.length, seen.fault?.message]).toEqual([false, 1, 'It is gone.']);
  });
});

describe('what all windows have in common', () => {
  it('shows at once; refused, it alone comes back', async () => {
    let refuse: (reason: Fault) => void = () => undefined;
    const bridge = { setAgain: () => new Promise<void>((_, no) => (refuse = no)) };
    const notices = new Notices();
    const library = new Library(bridge as unknown as Bridge, notices);
    library.load(snapshot);
    const done = library.setAgain('raise');
    expect(library.again).toBe('raise');
    library.apply({ ...snapshot.settings, again: 'raise', theme: 'dark' });
    refuse(new Fault('settings', 'Not now.'));
    expect(await done).toBe(false);
    expect([library.again, library.theme, notices.shown[0]?.message]).toEqual(['new', 'dark', 'Not now.']);
  });

  it('keeps sources on this network, each once', async () => {
    const calls: [string, boolean][] = [];
    const bridge = { setPrivate: (uri: string, on: boolean) => Promise.resolve(void calls.push([uri, on])) };
    const library = new Library(bridge as unknown as Bridge, new Notices());
    library.load({ ...snapshot, settings: { ...snapshot.settings, private: [] } });
    await library.setPrivate('camera:Door', true);
    await library.setPrivate('camera:Door', true);
    expect(library.private).toEqual(['camera:Door']);
    await library.setPrivate('camera:Door', false);
    expect([library.private, calls.length]).toEqual([[], 3]);
  });

  it('keeps a camera there in whatever mode it is opened', async () => {
    const calls: string[] = [];
    const bridge = { setPrivate: (uri: string) => Promise.resolve(void calls.push(uri)) };
    const library = new Library(bridge as unknown as Bridge, new Notices());
    library.load({ ...snapshot, settings: { ...snapshot.settings, private: ['camera:Door?id=1', 'camera:Desk'] } });
    expect(['camera:Door?id=1&size=640x480', 'camera:Porch'].map((uri) => library.keepsHere(uri))).toEqual([true, false]);
    await library.setPrivate('camera:Door?id=1&size=640x480', false);
    expect([library.private, calls]).toEqual([['camera:Desk'], ['camera:Door?id=1']]);
  });
});

describe('the keys of the windows', () => {
  const pressed: string[] = [];
  const over = { ctrl: true, always: true, over: true };
  const keys = [
    { key: 'n', shift: false, ...over, run: () => pressed.push('new') },
    { key: 'n', shift: true, ...over, run: () => pressed.push('duplicate') },
    { key: 'n', run: () => pressed.push('letter') },
    { key: ',', ctrl: true, always: true, run: () => pressed.push('settings') },
  ];
  const hit = (init: KeyboardEventInit, covered: boolean) => {
    const field = document.body.appendChild(document.createElement('input'));
    const event = new KeyboardEvent('keydown', { ctrlKey: true, bubbles: true, cancelable: true, ...init });
    field.dispatchEvent(event);
    return press(event, keys, covered);
  };

  it('act in a field and under a dialog, and Shift makes another of them', () => {
    pressed.length = 0;
    hit({ key: 'n' }, false);
    hit({ key: 'N', shiftKey: true }, true);
    expect(pressed).toEqual(['new', 'duplicate']);
  });

  it('leave the others alone, and open no second window while they are held', () => {
    expect(hit({ key: ',' }, true)).toBe(false);
    expect(hit({ key: 'n', ctrlKey: false }, false)).toBe(false);
    expect(hit({ key: 'n', repeat: true }, false)).toBe(false);
  });
});
