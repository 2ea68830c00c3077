import { mean } from '$lib/text/numbers';
import type { Gpu, MemoryUse, StatsSnapshot } from './types';

/** One look at the machine, in the percentages that are drawn; null is a gap in the line. */
export interface Sample {
  gpu: number | null;
  vram: number | null;
  cpu: number | null;
  memory: number | null;
}

/** Nobody looked. */
export const noSample: Sample = { gpu: null, vram: null, cpu: null, memory: null };

/** A look with all GPUs as one: the mean of their load, and their memory together. */
export function sampleOf(s: StatsSnapshot): Sample {
  const gpus = s.gpus ?? [];
  return { gpu: mean(gpus.map((gpu) => gpu.utilisation)), vram: share(sumMemory(gpus)), cpu: s.cpu, memory: share(s.memory) };
}

/** Several looks as one. */
export function meanSample(all: readonly Sample[]): Sample {
  const of = (key: keyof Sample) => mean(all.map((one) => one[key]));
  return { gpu: of('gpu'), vram: of('vram'), cpu: of('cpu'), memory: of('memory') };
}

/** The memory of several GPUs together; null where none tells of it. */
export function sumMemory(gpus: readonly Gpu[]): MemoryUse | null {
  const all = gpus.flatMap((gpu) => gpu.memory ?? []);
  if (all.length === 0) return null;
  return all.reduce((sum, one) => ({ used: sum.used + one.used, total: sum.total + one.total }), { used: 0, total: 0 });
}

/** Memory in use, in percent of all there is. */
export function share(memory: MemoryUse | null): number | null {
  return memory && memory.total > 0 ? (memory.used / memory.total) * 100 : null;
}
