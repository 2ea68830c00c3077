import type { Bridge } from '../bridge';
import { Fault } from '../fault';
import type { AskerFigures, Backend, FigureEntry, Figures } from '../types';
import { loads } from './loads';
import type { Play } from './play';
import { summaryOf } from './summary';

const never = () => new Promise<never>(() => undefined);
const everyMs = 2000;

/** What answers took, as the address asks: ?figures=none|one|many|cold|loading|error, and ?load=none|ollama|many for what the servers tell. */
export function figures(query: URLSearchParams, play: Play): Pick<Bridge, 'figures' | 'startOver' | 'loads' | 'exportFigures'> {
  const wish = query.get('figures') ?? '';
  const began = Date.now();
  let sinceMs = began - (wish === 'many' ? 6 * 3_600_000 : 12 * 60_000);
  let first = 1;
  const askers = () => [play.snapshot.backend, ...(play.snapshot.others ?? [])];
  const told = (n: number): FigureEntry => entryOf(n, askers(), began, wish);
  // While nothing moves by itself, nothing is answered either.
  const moved = () => (query.has('still') ? 0 : Math.floor((Date.now() - began) / everyMs) * askers().length);
  const last = () => countOf(wish) + moved();
  const range = (from: number, to: number) => Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => told(from + i));
  const sum = () => {
    const all = range(first, last());
    return askers().map((by, i) => figuresOf(by, all.filter((one) => one.asker === i)));
  };
  let summed: AskerFigures[] = [];
  return {
    figures: async (after): Promise<Figures> => {
      if (wish === 'loading') return never();
      if (wish === 'error') throw new Fault('figures.broken', 'The figures cannot be read.', 'Start Sightline anew if it stays so.');
      // Ten thousand are not summed up once a second: the page's time is what is looked at.
      if (after === 0 || after < last()) summed = sum();
      return Promise.resolve({ sinceMs, askers: summed, entries: range(Math.max(first, after + 1), last()), next: last(), lost: false });
    },
    startOver: () => {
      first = last() + 1;
      sinceMs = Date.now();
      return Promise.resolve();
    },
    loads: () => loads(query.get('load') ?? ''),
    exportFigures: (name, warm) => {
      document.body.dataset['done'] = `figures ${name} ${warm ? 'warm' : 'all'}`;
      return Promise.resolve(true);
    },
  };
}

const countOf = (wish: string) => ({ none: 0, one: 1, cold: 3, many: 10_000 })[wish] ?? 360;

function figuresOf(by: Backend, entries: readonly FigureEntry[]): AskerFigures {
  return {
    backend: by.name,
    model: by.model,
    all: summaryOf(entries),
    warm: summaryOf(entries.filter(({ warmup }) => !warmup)),
  };
}

/** The n-th entry: the first are slow, some fail, some share the GPU; the built-in detector tells no tokens. */
function entryOf(n: number, askers: readonly Backend[], began: number, wish: string): FigureEntry {
  const asker = (n - 1) % askers.length;
  const by = askers[asker];
  const nth = Math.floor((n - 1) / askers.length);
  const warmup = nth < 3 && wish !== 'many';
  const atMs = began - (Math.floor((countOf(wish) - n) / askers.length) + 1) * everyMs;
  const base = { n, seq: n, asker, atMs, warmup, ageMs: 5 + noise(n, 3), shared: false };
  const unknown = { firstTokenMs: null, totalMs: null, tokensPerS: null, promptTokens: null, completionTokens: null, joules: null };
  if (by?.health === 'out' || nth % 97 === 60) return { ...base, ...unknown, outcome: 'failed', totalMs: by?.health === 'out' ? 84 : 5000 };
  const slow = warmup ? 9 - 3 * nth : nth % 41 === 7 ? 2.2 : 1;
  if (by?.builtin) return { ...base, ...unknown, outcome: 'answered', firstTokenMs: 18 + noise(n, 9), totalMs: 19 + noise(n, 9), joules: null };
  const pace = 1 + asker * 0.35;
  const firstTokenMs = (205 + noise(n, 50) + 12 * Math.sin(nth / 15)) * slow * pace;
  const completionTokens = 20 + Math.round(noise(n + 7, 9));
  const tokensPerS = (50 + noise(n + 3, 5)) / pace;
  return {
    ...{ ...base, firstTokenMs, tokensPerS, completionTokens, outcome: 'answered', promptTokens: 301 },
    totalMs: firstTokenMs + (completionTokens / tokensPerS) * 1000,
    joules: by?.public ? null : 38 + noise(n + 5, 9),
    shared: nth % 9 === 4,
  };
}

/** A number from 0 to `most` that belongs to n. */
function noise(n: number, most: number): number {
  const wild = Math.sin(n * 12.9898) * 43758.5453;
  return (wild - Math.floor(wild)) * most;
}
