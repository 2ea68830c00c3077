import { afterEach, describe, expect, it, vi } from 'vitest';
import { Fault } from './fault';
import { fetchFrame } from './frames';
import { wailsBridge } from './wails';

const runtime = {
  EventsOnMultiple: vi.fn(() => () => undefined),
  ClipboardSetText: vi.fn((text: string) => Promise.resolve(text !== 'refused')),
  WindowFullscreen: vi.fn(),
  WindowUnfullscreen: vi.fn(),
};

afterEach(() => {
  delete window.go;
  delete window.runtime;
  vi.unstubAllGlobals();
});

function program(methods: Record<string, (...args: unknown[]) => Promise<unknown>>) {
  window.go = { main: { App: methods } };
  window.runtime = runtime;
  const bridge = wailsBridge();
  if (!bridge) throw new Error('no bridge');
  return bridge;
}

describe('the program behind Wails', () => {
  it('is not there in a plain browser', () => expect(wailsBridge()).toBeNull());

  it('is called by its own names', async () => {
    const inspect = vi.fn(() => Promise.resolve({ url: 'u', models: null, public: false, hasKey: false }));
    await program({ InspectBackend: inspect }).inspectBackend('lab:8000', '', '');
    expect(inspect).toHaveBeenCalledWith('lab:8000', '', '');
    expect(await program({ FindServers: () => Promise.resolve(null) }).findServers()).toEqual([]);
  });

  it('rejects with a fault, always', async () => {
    const bridge = program({
      Start: () => Promise.reject(Object.assign(new Error(), { message: 'M.', code: 'c', hint: 'H.' })),
      Stop: () => Promise.reject(new Fault('x', '{"code":"c","message":"M."}')),
    });
    await expect(bridge.start()).rejects.toMatchObject({ name: 'Fault', code: 'c', message: 'M.', hint: 'H.' });
    await expect(bridge.stop()).rejects.toBeInstanceOf(Fault);
    await expect(bridge.askNow()).rejects.toBeInstanceOf(Fault);
    await expect(bridge.copy('refused')).rejects.toMatchObject({ code: 'clipboard' });
  });

  it('sends events in batches under one name', () => {
    const fn = vi.fn();
    program({}).onEvents(fn);
    expect(runtime.EventsOnMultiple).toHaveBeenCalledWith('sightline', fn, -1);
  });
});

describe('the live picture', () => {
  const answer = (status: number, headers = {}) =>
    vi.stubGlobal('fetch', vi.fn(() => Promise.resolve(new Response(status === 204 ? null : 'jpeg', { status, headers }))));
  const { signal } = new AbortController();

  it('comes with its number', async () => {
    answer(200, { 'X-Sightline-Frame': '17' });
    expect((await fetchFrame('16', 960, signal))?.number).toBe('17');
    expect(fetch).toHaveBeenCalledWith('/live/frame?after=16&edge=960', expect.anything());
  });

  it('may not come in time', async () => {
    answer(204);
    expect(await fetchFrame('16', 960, signal)).toBeNull();
  });

  it('fails with a fault', async () => {
    answer(500);
    await expect(fetchFrame('16', 960, signal)).rejects.toMatchObject({ code: 'live.http' });
  });
});
