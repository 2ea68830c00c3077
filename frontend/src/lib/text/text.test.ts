import { describe, expect, it } from 'vitest';
import { bytes, gpuName, memory, pretty, span, spans } from './format';
import { looksPublic, originOf } from './network';
import { fit, liveEdge, percentile, split } from './numbers';
import { customPace, offered, paceName, paceParts, paceSeconds } from './pace';
import { choiceOf, freeName } from './prompts';
import { aftermath, comparable, energyOf, isListed } from './rows';

const plain = (text: string) => text.replace(/\u00a0/g, ' ');

describe('numbers for a person', () => {
  it.each([
    [6.14, '6.1 ms'],
    [480.6, '481 ms'],
    [999.6, '1.0 s'],
    [5000, '5.0 s'],
    [120_000, '2 min'],
  ])('%d ms reads %s', (ms, text) => expect(plain(span(ms))).toBe(text));

  it('share a unit where they can', () => {
    expect(plain(spans(486, 530))).toBe('486 / 530 ms');
    expect(plain(spans(486, 1500))).toBe('486 ms / 1.5 s');
  });

  it('are short', () => {
    expect(plain(memory(17.2 * 1024 ** 3, 24 * 1024 ** 3))).toBe('17.2 / 24 GB');
    expect(plain(bytes(41_233))).toBe('41 kB');
    expect(gpuName('NVIDIA GeForce RTX 4090')).toBe('RTX 4090');
    expect(gpuName('AMD Radeon RX 7900 XTX')).toBe('RX 7900 XTX');
    expect(gpuName('AMD Radeon Graphics')).toBe('AMD Radeon Graphics');
    expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}');
    expect(pretty('data: {')).toBe('data: {');
  });
});

describe('the picture', () => {
  it('is fitted, never stretched', () => {
    expect(fit(1280, 720, 640, 1000)).toEqual({ width: 640, height: 360 });
    expect(fit(720, 1280, 1000, 640)).toEqual({ width: 360, height: 640 });
    expect(fit(16, 9, -5, 100)).toEqual({ width: 0, height: 0 });
  });

  it('is asked for in few sizes', () => {
    expect(liveEdge(928, 522, 1)).toBe(960);
    expect(liveEdge(0, 0, 1)).toBe(320);
    expect(liveEdge(3000, 1700, 2)).toBe(1920);
  });
});

describe('the time of an answer', () => {
  it('is split in three', () => {
    expect(split({ age_ms: 6, first_token_ms: 214, total_ms: 481 })).toEqual({ age: 6, first: 214, rest: 267 });
    expect(split({ age_ms: 6, first_token_ms: 214 })).toEqual({ age: 6, first: 214, rest: 0 });
    expect(split({ total_ms: 20 })).toBeNull();
  });

  it('has percentiles by nearest rank', () => {
    expect(percentile([], 0.5)).toBeNull();
    expect(percentile([3, 1, 2], 0.5)).toBe(2);
    expect(percentile([1, 2, 3, 4], 0.95)).toBe(4);
  });

  it('is compared only with the same backend and model', () => {
    const row = { seq: 1, outcome: 'answered', pending: false, atMs: 0, backend: 'a', model: 'm' };
    const rows = [{ ...row, total_ms: 5 }, { ...row, model: 'other', total_ms: 900 }, { ...row, outcome: 'failed', total_ms: 9 }, { ...row, total_ms: 7 }];
    expect(comparable(rows).map((one) => one.total_ms)).toEqual([5, 7]);
  });

  it('tells what answers took where it is known, and which of them others had a part in', () => {
    const row = { seq: 1, outcome: 'answered', pending: false, atMs: 0 };
    expect(energyOf([{ ...row, energy_j: 38 }, row, { ...row, energy_j: 40, energy_shared: true }])).toEqual({ joules: [38, 40], shared: 1 });
  });
});

describe('the pace', () => {
  it.each([
    ['0', 'Back to back'],
    ['2s', '2 s'],
    ['500ms', '0.5 s'],
    ['1m30s', '90 s'],
    ['30f', '30 frames'],
    ['1f', 'Every frame'],
    ['asked', 'When asked'],
  ])('%s is said as %s', (pace, name) => expect(paceName(pace)).toBe(name));

  it('is written as the program reads it', () => {
    expect(customPace(5, 'seconds')).toBe('5s');
    expect(customPace(0.5, 'seconds')).toBe('500ms');
    expect(customPace(30, 'frames')).toBe('30f');
    for (const bad of [0, 3601, Number.NaN]) expect(customPace(bad, 'seconds')).toBeNull();
    for (const bad of [0, 3601, 1.5]) expect(customPace(bad, 'frames')).toBeNull();
    expect(paceParts('1m0s')).toEqual({ amount: 60, unit: 'seconds' });
    expect(paceSeconds('nonsense')).toBeNull();
  });

  it('in use is among those offered, in order', () => {
    expect(offered('5s')).toEqual(['0', '2s', '5s', '10s', 'asked']);
    expect(offered('2s')).toEqual(['0', '2s', '10s', 'asked']);
  });
});

describe('addresses', () => {
  it.each(['localhost:8000', 'http://127.0.0.1:11434/v1', '192.168.1.4', 'lab:8000', 'gpu.local', '10.0.0.3:80', '[::1]:8000', ''])(
    '%s stays in this network',
    (url) => expect(looksPublic(url)).toBe(false),
  );

  it.each(['https://api.example.com/v1', 'api.example.com', '8.8.8.8:8000', 'http://172.32.0.1'])('%s leaves this network', (url) =>
    expect(looksPublic(url)).toBe(true),
  );

  it('name what a key belongs to', () => {
    expect(originOf('https://api.example.com/v1')).toBe('https://api.example.com:443');
    expect(originOf('localhost:8000')).toBe('http://localhost:8000');
  });
});

describe('prompts', () => {
  const ros = { text: 'move', system: 'JSON only' };

  it('bring their system prompt and take it away again', () => {
    expect(choiceOf(ros, '', [ros])).toEqual({ prompt: 'move', system: 'JSON only' });
    expect(choiceOf({ text: 'scene' }, 'JSON only', [ros])).toEqual({ prompt: 'scene', system: '' });
  });

  it('leave alone what the person wrote', () => expect(choiceOf({ text: 'scene' }, 'Be brief.', [ros])).toEqual({ prompt: 'scene' }));

  it('get a free name', () => expect(freeName('Scene', ['Scene', 'Scene 2'])).toBe('Scene 3'));
});

describe('rows', () => {
  const row = { seq: 2, outcome: 'failed', pending: false, atMs: 1000 };

  it('are listed unless they only count', () => {
    expect(isListed(row)).toBe(true);
    expect(isListed({ ...row, outcome: 'superseded' })).toBe(false);
    expect(isListed({ ...row, outcome: 'cancelled' })).toBe(false);
    expect(isListed({ ...row, outcome: 'cancelled', text: 'a' })).toBe(true);
    expect(isListed({ ...row, outcome: '', pending: true })).toBe(true);
  });

  it('that failed say what came after', () => {
    expect(plain(aftermath(row, { ...row, seq: 3, outcome: 'answered', atMs: 3000 }, 0, 0))).toContain('2.0 s later');
    expect(aftermath(row, undefined, 9000, 5000)).toBe('Asking again in 4 s.');
    expect(aftermath(row, undefined, 0, 5000)).toBe('');
  });
});
