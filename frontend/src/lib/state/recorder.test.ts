import { describe, expect, it } from 'vitest';
import { notRecording } from '../bridge/fake/data';
import { Notices } from './notices.svelte';
import { Recorder } from './recorder.svelte';

const running = { ...notRecording, on: true, id: 'r1', sinceMs: Date.now() - 65_000 };

function recorder() {
  const calls: boolean[] = [];
  const notices = new Notices();
  const it = new Recorder({ record: (on) => Promise.resolve(void calls.push(on)) }, notices);
  return { it, calls, said: () => notices.shown.map((notice) => notice.code) };
}

describe('recording', () => {
  it('begins and ends by the same key, and says what was recorded', async () => {
    const { it: r, calls, said } = recorder();
    await r.toggle();
    r.load(running);
    await r.toggle();
    expect(calls).toEqual([true, false]);
    expect(said()).toEqual([]);
    r.load(notRecording);
    expect(said()).toEqual(['recording.saved']);
  });

  it('says nothing of its own where the recording ended by itself: the program tells why', () => {
    const { it: r, said } = recorder();
    r.load(running);
    r.load(notRecording);
    expect(said()).toEqual([]);
  });
});
