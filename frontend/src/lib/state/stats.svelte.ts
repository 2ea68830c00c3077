import type { Bridge } from '../bridge';
import type { StatsSnapshot } from './types';

/** One look at the machine, in the numbers that are drawn; null is a gap in the line. */
export interface Sample {
  gpu: number | null;
  vram: number | null;
  cpu: number | null;
  memory: number | null;
}

const everyMs = 500;
const samples = 120;

/** The machine's load: the newest look, and the last minute of them. It looks only while somebody sees it. */
export class Stats {
  readonly #bridge: Pick<Bridge, 'stats'>;
  #now = $state.raw<StatsSnapshot | null>(null);
  #minute = $state.raw<readonly Sample[]>([]);

  constructor(bridge: Pick<Bridge, 'stats'>) {
    this.#bridge = bridge;
  }

  get now(): StatsSnapshot | null {
    return this.#now;
  }

  get minute(): readonly Sample[] {
    return this.#minute;
  }

  /** Looks twice a second until the returned function is called. */
  watch(): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let watching = true;
    const look = async () => {
      if (!document.hidden) await this.#look();
      if (watching) timer = setTimeout(() => void look(), everyMs);
    };
    void look();
    return () => {
      watching = false;
      clearTimeout(timer);
    };
  }

  // A gauge that fails shows nothing: it is no reason to disturb anybody twice a second.
  async #look(): Promise<void> {
    try {
      const now = await this.#bridge.stats();
      this.#now = now;
      this.#minute = [...this.#minute, sampleOf(now)].slice(-samples);
    } catch {
      this.#now = null;
    }
  }
}

function sampleOf(s: StatsSnapshot): Sample {
  const gpus = s.gpus ?? [];
  const loads = gpus.flatMap((gpu) => gpu.utilisation ?? []);
  const vram = sumMemory(gpus.flatMap((gpu) => gpu.memory ?? []));
  return {
    gpu: loads.length > 0 ? loads.reduce((a, b) => a + b, 0) / loads.length : null,
    vram: share(vram),
    cpu: s.cpu,
    memory: share(s.memory),
  };
}

/** The memory of several GPUs together; null for none. */
export function sumMemory(all: readonly { used: number; total: number }[]): { used: number; total: number } | null {
  if (all.length === 0) return null;
  return all.reduce((sum, one) => ({ used: sum.used + one.used, total: sum.total + one.total }), { used: 0, total: 0 });
}

function share(memory: { used: number; total: number } | null): number | null {
  return memory && memory.total > 0 ? (memory.used / memory.total) * 100 : null;
}
