import type { Load } from '../types';

const gb = 1024 ** 3;
const quiet = { running: null, waiting: null, cache: null, promptRate: null, generationRate: null, models: null };
const vllm: Load = {
  ...{ server: 'vLLM', host: 'lab.local:8000', running: 3, waiting: 0, cache: 41.3, promptRate: 812.4, generationRate: 148.6 },
  models: [{ name: 'qwen2.5-vl-7b', memory: null, gpuMemory: null }],
};
const ollama: Load = {
  ...{ ...quiet, server: 'Ollama', host: 'localhost:11434' },
  models: [
    { name: 'qwen2.5vl:7b', memory: 7.4 * gb, gpuMemory: 7.4 * gb },
    { name: 'llava:13b-v1.6-vicuna-q4_K_M', memory: 9.1 * gb, gpuMemory: 6.2 * gb },
  ],
};

/** What servers tell of their own work. */
export function loads(wish: string): Promise<Load[]> {
  if (wish === 'none') return Promise.resolve([]);
  if (wish === 'ollama') return Promise.resolve([ollama]);
  if (wish === 'loading') return new Promise(() => undefined);
  const other: Load = { ...vllm, host: 'lab2.local:8000', running: 12, waiting: 4, cache: 97.8, promptRate: 2480, generationRate: 611 };
  const idle: Load = { ...quiet, server: 'llama.cpp', host: 'spare.local:8080', running: 0, waiting: 0, models: [] };
  return Promise.resolve(wish === 'many' ? [vllm, other, ollama, idle] : [vllm]);
}
