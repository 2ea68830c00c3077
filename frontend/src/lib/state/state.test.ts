import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Fault, type Bridge } from '../bridge';
import { builtin, cloud, snapshot as base } from '../bridge/fake/data';
import type { Row, SightlineEvent, Snapshot } from '../bridge/types';
import { Answers, kept } from './answers.svelte';
import { WindowState } from './choices.svelte';
import { Feed } from './feed';
import { Library } from './library.svelte';
import { Notices } from './notices.svelte';
import { Session } from './session.svelte';
import { press } from './shortcuts';

const row = (seq: number, some: Partial<Row> = {}): Row => ({
  ...{ session: 's', seq, frame: seq, outcome: '', captured: '', prompt: '', column: 0, atMs: 0, pending: true, thumb: '', picture: '', raw: false },
  ...some,
});
const counts = (n: number, answered = n): SightlineEvent => ({ n, kind: 'counts', counts: { ...base.counts, answered } });
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

/** A program whose snapshots are handed out one by one. */
function program(...snapshots: (Snapshot | Error)[]) {
  let tell: (events: SightlineEvent[]) => void = () => undefined;
  const asked = vi.fn(() => {
    const next = snapshots.shift();
    return next instanceof Error || !next ? Promise.reject(next ?? new Error('no more')) : Promise.resolve(next);
  });
  const seen: (number | string)[] = [];
  const feed = new Feed(
    { snapshot: asked, onEvents: (fn) => ((tell = fn), () => (tell = () => undefined)) },
    { load: (s) => seen.push(`load ${s.n}`), apply: (e) => seen.push(e.n), failed: () => seen.push('failed') },
    5,
  );
  return { feed, asked, seen, tell: (...events: SightlineEvent[]) => tell(events) };
}

describe('the feed of events', () => {
  it('applies each event once and in order, also those that came while it loaded', async () => {
    const { feed, seen, tell } = program({ ...base, n: 2 });
    feed.follow();
    tell(counts(1), counts(2), counts(3));
    await settle();
    tell(counts(3), counts(4));
    expect(seen).toEqual(['load 2', 3, 4]);
  });

  it('loads anew on a gap and goes on after it', async () => {
    const { feed, seen, tell } = program({ ...base, n: 1 }, { ...base, n: 5 });
    feed.follow();
    await settle();
    tell(counts(2), counts(4), counts(5), counts(6));
    await settle();
    expect(seen).toEqual(['load 1', 2, 'load 5', 6]);
  });

  it('tries again when a snapshot fails', async () => {
    const { feed, seen } = program(new Error('not yet'), { ...base, n: 1 });
    const stop = feed.follow();
    await vi.waitFor(() => expect(seen).toEqual(['failed', 'load 1']));
    stop();
  });

  it('hears nothing once it stopped', async () => {
    const { feed, seen, tell } = program({ ...base, n: 0 });
    const stop = feed.follow();
    await settle();
    stop();
    tell(counts(1));
    expect(seen).toEqual(['load 0']);
  });
});

describe('the answers', () => {
  let frames: FrameRequestCallback[] = [];
  beforeEach(() => {
    frames = [];
    vi.stubGlobal('requestAnimationFrame', (fn: FrameRequestCallback) => frames.push(fn));
  });
  afterEach(() => vi.unstubAllGlobals());
  const paint = () => frames.splice(0).forEach((fn) => fn(0));

  it('grow once an animation frame, however many pieces come', () => {
    const answers = new Answers();
    answers.put(row(1));
    for (const piece of ['A ', 'red ', 'mug']) answers.append(1, piece, '');
    expect(frames.length).toBe(1);
    expect(answers.rows[0]?.text ?? '').toBe('');
    paint();
    expect(answers.rows[0]?.text).toBe('A red mug');
  });

  it('drop pieces that the end of the answer already holds', () => {
    const answers = new Answers();
    answers.put(row(1));
    answers.append(1, 'A red', '');
    answers.put(row(1, { pending: false, outcome: 'answered', text: 'A red mug' }));
    paint();
    expect(answers.rows.map((r) => r.text)).toEqual(['A red mug']);
    expect(answers.finished?.seq).toBe(1);
  });

  it('keep what was streamed when the row comes again with its first time', () => {
    const answers = new Answers();
    answers.put(row(1));
    answers.append(1, 'A ', '');
    paint();
    answers.append(1, 'red', '');
    answers.put(row(1, { first_token_ms: 214 }));
    paint();
    expect(answers.rows.map((r) => [r.text, r.first_token_ms])).toEqual([['A red', 214]]);
  });

  it('are newest first and the newest five hundred', () => {
    const answers = new Answers();
    for (let seq = 1; seq <= kept + 20; seq++) answers.put(row(seq, { pending: false, outcome: 'answered' }));
    answers.put(row(300, { pending: false, outcome: 'failed' }));
    expect(answers.rows.length).toBe(kept);
    expect(answers.rows[0]?.seq).toBe(kept + 20);
    expect(answers.rows.at(-1)?.seq).toBe(21);
    expect(answers.rows.filter((r) => r.seq === 300).map((r) => r.outcome)).toEqual(['failed']);
  });

  it('lose a question that was withdrawn before it said a word', () => {
    const answers = new Answers();
    answers.put(row(1));
    answers.put(row(1, { pending: false, outcome: 'cancelled' }));
    expect(answers.rows).toEqual([]);
  });
});

describe('the compared backends', () => {
  it('come with the snapshot, change together, and go when there are none any more', async () => {
    let tell: (events: SightlineEvent[]) => void = () => undefined;
    const first: Snapshot = { ...base, n: 1, others: [cloud] };
    const bridge = { snapshot: () => Promise.resolve(first), onEvents: (fn: typeof tell) => ((tell = fn), () => undefined) } as unknown as Bridge;
    const notices = new Notices();
    const session = new Session(bridge, notices, new Library(bridge, notices));
    session.follow();
    await settle();
    const names = () => session.others.map((one) => one.name);
    expect(names()).toEqual(['Example Cloud']);
    tell([{ n: 2, kind: 'others', others: [builtin, cloud] }]);
    expect(names()).toEqual(['Built-in', 'Example Cloud']);
    tell([{ n: 3, kind: 'others' }]);
    expect(names()).toEqual([]);
  });
});

describe('the choices of the window', () => {
  it('show at once, go out in order, and come back when refused', async () => {
    const notices = new Notices();
    const sent: string[] = [];
    const window = new WindowState(
      {
        choose: async (choices) => {
          await settle();
          if (choices.pace === '0') throw new Fault('pace', 'Not at this pace.', 'Choose another.');
          sent.push(JSON.stringify(choices));
          return { ...base.window, ...choices };
        },
      },
      notices,
    );
    window.load(base.window);
    const first = window.choose({ prompt: 'new' });
    const second = window.choose({ pace: '0' });
    expect([window.now.prompt, window.now.pace]).toEqual(['new', '0']);
    expect(await Promise.all([first, second])).toEqual([true, false]);
    expect([window.now.prompt, window.now.pace]).toEqual(['new', '2s']);
    expect(notices.shown.map((n) => n.message)).toEqual(['Not at this pace.']);
    expect(sent.length).toBe(1);
  });
});

describe('faults', () => {
  it.each([
    [{ code: 'a', message: 'M.', hint: 'H.' }, 'a', 'M.', 'H.'],
    ['{"code":"a","message":"M.","hint":"H."}', 'a', 'M.', 'H.'],
    ['plain words', 'unknown', 'plain words', ''],
    [new Error('thrown'), 'unknown', 'thrown', ''],
    [undefined, 'unknown', 'Something went wrong.', 'Try once more; the log may say more.'],
  ])('are read from %o', (reason, code, message, hint) => {
    const fault = Fault.from(reason);
    expect([fault.code, fault.message, fault.hint]).toEqual([code, message, hint]);
  });
});

describe('keys', () => {
  const run = vi.fn();
  const keys = [{ key: 's', run }, { key: ' ', run }, { key: ',', ctrl: true, always: true, run }];
  const hit = (target: HTMLElement, key: string, init: KeyboardEventInit = {}, covered = false) => {
    document.body.append(target);
    const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init });
    target.dispatchEvent(event);
    return press(event, keys, covered);
  };
  const make = (tag: string) => document.createElement(tag);

  it('act when no field has the focus', () => expect(hit(make('div'), 'S')).toBe(true));
  it('are letters in a field', () => expect(hit(make('textarea'), 's')).toBe(false));
  it('leave Space to a button', () => expect([hit(make('button'), ' '), hit(make('button'), 's')]).toEqual([false, true]));
  it('open the settings from a field', () => expect(hit(make('input'), ',', { ctrlKey: true })).toBe(true));
  it('rest under a dialog', () => expect(hit(make('div'), 's', {}, true)).toBe(false));
  it('mean nothing with another modifier', () => expect(hit(make('div'), 's', { ctrlKey: true })).toBe(false));
});
