import type { Exchange, Gpu, LineError, StatsSnapshot } from '../types';

const gb = 1024 ** 3;
const silent: LineError = {
  code: 'gpu.silent',
  message: "NVIDIA's driver does not answer.",
  hint: 'Sightline asks it no more. Start the computer anew if other programs wait for it too.',
};
let ticks = 0;
let atMs = 0;

const sway = (every: number, reach: number) => reach * Math.sin(ticks / every) + (reach / 3) * Math.sin(ticks * 1.7);

/** A machine with so many GPUs, or of a kind ("mig", "vgpu", "amd", "part", "silent"), its load wandering about; each look is `stepMs` after the one before. */
export function gauges(gpus: number | string, details = false, stepMs = 500): StatsSnapshot {
  ticks++;
  atMs = atMs === 0 ? Date.now() : atMs + stepMs;
  return {
    ...{ atMs, gpus: gpusOf(String(gpus), details), fault: gpus === 'silent' || gpus === 'part' ? silent : null },
    ...{ cpu: 11 + sway(5, 3), memory: { used: 9.8 * gb, total: 32 * gb } },
    ...(details ? detailed() : { cores: null, model: '', disk: null, own: null, all: null }),
  };
}

function detailed(): Pick<StatsSnapshot, 'cores' | 'model' | 'disk' | 'own' | 'all'> {
  return {
    cores: Array.from({ length: 16 }, (_, core) => Math.max(0, 11 + sway(3 + core, 8) + (core === 2 ? 60 : 0))),
    model: 'AMD Ryzen 9 7950X 16-Core Processor',
    disk: { folder: '/home/ada/Videos/Sightline', free: 412.6 * gb, total: 931.5 * gb },
    own: { windows: 1, processes: 3, cpu: 23 + sway(4, 3), memory: 268 * 1024 ** 2 },
    all: { windows: 2, processes: 6, cpu: 41 + sway(4, 4), memory: 461 * 1024 ** 2 },
  };
}

function gpusOf(wish: string, details: boolean): Gpu[] {
  switch (wish) {
    case 'silent':
      return [];
    case 'part':
    case 'amd':
      return [gpu(0, details, { id: '0000:03:00.0', name: 'AMD Radeon RX 7900 XTX', vendor: 'amd', energy: null, encoder: null, processes: null })];
    case 'vgpu':
      return [gpu(0, details, { name: 'GRID A100-20C', kind: 'vgpu', temperature: null, power: null, powerLimit: null, energy: null })];
    case 'mig':
      return [gpu(0, details, split(details)), gpu(1, details, { name: a100 })];
    default:
      return Array.from({ length: Number(wish) || 0 }, (_, index) => gpu(index, details, Number(wish) > 4 ? { name: a100 } : {}));
  }
}

const a100 = 'NVIDIA A100-SXM4-40GB';
const instance = (i: number, name: string, used: number, total: number) => ({ id: `MIG-${i}`, name, memory: { used: used * gb, total: total * gb } });
const split = (details: boolean): Partial<Gpu> => ({
  ...{ name: a100, kind: 'mig', utilisation: null, memory: { used: 21.3 * gb, total: 40 * gb }, encoder: null, decoder: null },
  instances: details ? [instance(1, '3g.20gb', 17.2, 20), instance(2, '2g.10gb', 4.1, 10), instance(3, '1g.5gb', 0, 5)] : null,
});

function gpu(index: number, details: boolean, some: Partial<Gpu>): Gpu {
  const load = Math.min(100, Math.max(0, 62 + sway(6 + index, 14) - 7 * index));
  const whole: Gpu = {
    ...{ id: `GPU-${index}`, index, name: 'NVIDIA GeForce RTX 4090', vendor: 'nvidia', kind: 'gpu', utilisation: load },
    ...{ memory: { used: (17.2 + sway(20, 0.2) - index) * gb, total: 24 * gb }, temperature: 61 - index, power: 90 + load * 2.6, powerLimit: 450 },
    ...{ energy: ticks * 120, encoder: 0, decoder: 4, graphicsClock: 2520, memoryClock: 10501, throttled: index === 0 ? ['power'] : [] },
    processes: index > 0 ? [] : [
      { pid: 4127, name: 'vllm', kind: 'compute', memory: 16.1 * gb },
      { pid: 2210, name: 'Xorg', kind: 'graphics', memory: 0.3 * gb },
    ],
    instances: null,
    ...some,
  };
  return details ? whole : { ...whole, ...{ encoder: null, decoder: null, graphicsClock: null, memoryClock: null, throttled: null, processes: null } };
}

/** What went over the wire for an answer. */
export function rawExchange(seq: number): Exchange {
  return {
    URL: 'http://lab.local:8000/v1/chat/completions',
    Status: 200,
    Request: JSON.stringify({
      model: 'qwen2.5-vl-7b',
      stream: true,
      max_tokens: 256,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Describe what you see in one sentence.' },
            { type: 'image_url', image_url: { url: '(JPEG, 41233 bytes)' } },
          ],
        },
      ],
    }),
    Response: ['A', ' red', ' mug', ' of', ' coffee', '.']
      .map((content) => `data: {"id":"chatcmpl-${seq}","choices":[{"index":0,"delta":{"content":"${content}"}}]}\n\n`)
      .concat('data: [DONE]\n')
      .join(''),
  };
}
