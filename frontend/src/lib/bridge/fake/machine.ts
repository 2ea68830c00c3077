import type { Exchange, StatsSnapshot } from '../types';

const gb = 1024 ** 3;
let ticks = 0;

/** A machine with so many GPUs, its load wandering about. */
export function gauges(gpus: number): StatsSnapshot {
  ticks++;
  const sway = (every: number, reach: number) => reach * Math.sin(ticks / every) + (reach / 3) * Math.sin(ticks * 1.7);
  return {
    gpus: Array.from({ length: gpus }, (_, index) => ({
      index,
      name: 'NVIDIA GeForce RTX 4090',
      utilisation: 62 + sway(6, 14),
      memory: { used: (17.2 + sway(20, 0.2)) * gb, total: 24 * gb },
      temperature: 61,
      power: 240,
    })),
    cpu: 11 + sway(5, 3),
    memory: { used: 9.8 * gb, total: 32 * gb },
  };
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
