import type { Backend, Column, Row, Snapshot } from '../types';
import { answered, builtin, choices, cloud, lab, texts } from './data';

const small: Backend = { ...lab, model: 'qwen2.5-vl-3b' };
const refused = { code: 'backend.out', message: 'Example Cloud refused the key.', hint: 'Enter it again in the settings.' };
const out: Backend = { ...cloud, health: 'out', fault: refused };
const twoServers: Backend = {
  ...lab,
  replicas: [
    { host: 'lab.local:8000', health: 'well' },
    { host: 'lab2.local:8000', health: 'resting' },
  ],
};

const columnOf = ({ id, model }: Backend): Column => ({ backend: id, model });

/** A session that compares: its askers, and rows about common frames. */
export function compared(state: string, base: Snapshot, thumb: string, now: number): Partial<Snapshot> {
  const askers = state === 'compare4' ? [twoServers, out, small, builtin] : [lab, cloud];
  const [backend = lab, ...others] = askers;
  const count = state === 'compare4' ? 6 : 8;
  const groups = Array.from({ length: count }, (_, i) => group(askers, i, now - 2000 * i, thumb)).flat();
  const rows = state === 'comparestream' ? streaming(groups) : [...groups, ...single(base, count, now, thumb)];
  return {
    ...{ backend, others, rows },
    window: { ...choices, compare: others.map(columnOf) },
    counts: { ...base.counts, answered: 128, failed: state === 'compare4' ? count : 0 },
  };
}

function group(askers: Backend[], i: number, atMs: number, thumb: string): Row[] {
  const first = 128 - i * askers.length;
  return askers
    .map((by, column): Row => {
      const row = answered(first + column, atMs, texts[(i + column) % texts.length] ?? '', by, choices.prompt, thumb);
      const mine = { ...row, group: first, column };
      if (by.health !== 'out') return column === 2 && i === 1 ? { ...mine, backend: 'Spare server', instead_of: by.name, replica: 'spare.local:8000' } : mine;
      const { text, tokens_per_s, first_token_ms, ...rest } = mine;
      return { ...rest, outcome: 'failed', total_ms: 84, error: refused };
    })
    .reverse();
}

// Before the comparison began.
function single(base: Snapshot, count: number, now: number, thumb: string): Row[] {
  return (base.rows ?? []).slice(0, 2).map((row, i) => answered(90 - i, now - 2000 * (count + i), row.text ?? '', lab, choices.prompt, thumb));
}

// One asker is ahead of the other; of the frame before one was stopped; words that know no end are among the older ones.
function streaming(rows: Row[]): Row[] {
  return rows
    .filter((_, i) => i !== 2)
    .map((row, i) => {
      const { total_ms, tokens_per_s, ...begun } = row;
      if (i === 0) return { ...without(begun), outcome: '', pending: true, text: '' };
      if (i === 1) return { ...begun, outcome: '', pending: true, text: 'A red mug of coffee stands on a wooden table beside an' };
      if (i === 4) return { ...row, text: `See https://example.com/${'long'.repeat(20)} and\n\n| thing | where |\n|---|---|\n| mug | right |` };
      if (i === 5) return { ...row, text: '- mug\n- `notebook_with_a_blue_cover_and_a_very_long_name`\n- plant', limited: true };
      return row;
    });
}

function without<T extends { first_token_ms?: number }>({ first_token_ms, ...rest }: T): Omit<T, 'first_token_ms'> {
  return rest;
}
