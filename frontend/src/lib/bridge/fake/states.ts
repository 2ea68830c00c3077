import type { Row, Snapshot } from '../types';
import { compared } from './compared';
import { answered, builtin, choices, cloud, notRecording, sample, snapshot, source, texts } from './data';
import { troubled } from './troubles';

/** What the address asks for: ?state=live&theme=dark&gpu=1&energy=shared&rows=6&still */
export interface Wish {
  state: string;
  theme: string;
  /** How many, or of what kind. */
  gpus: string;
  /** What answers took is known, and may be "shared" with others. */
  energy: string | null;
  rows: number;
  /** Nothing moves on by itself: for screenshots. */
  still: boolean;
  /** An examination never ends. */
  slow: boolean;
}

export function wishOf(query: URLSearchParams): Wish {
  return {
    state: query.get('state') ?? 'live',
    theme: query.get('theme') ?? 'auto',
    gpus: query.get('gpu') ?? '1',
    energy: query.get('energy'),
    rows: Number(query.get('rows') ?? 8),
    still: query.has('still'),
    slow: query.has('slow'),
  };
}

const silence = {
  code: 'backend.silent',
  message: 'Lab server said nothing for 5 seconds.',
  hint: 'See whether its model is still loading.',
};

/** The snapshot of a state by its name. */
export function stateOf(wish: Wish, thumb: string, now: number): Snapshot {
  const theme = wish.theme === 'light' || wish.theme === 'dark' ? wish.theme : 'auto';
  const base: Snapshot = { ...snapshot, settings: { ...snapshot.settings, theme }, rows: rowsOf(wish, thumb, now) };
  return { ...base, ...(wish.state.startsWith('compare') ? compared(wish.state, base, thumb, now) : changes(wish, base, now)) };
}

function rowsOf({ rows, state, energy }: Wish, thumb: string, now: number): Row[] {
  const by = ['first', 'boxes', 'part'].includes(state) ? builtin : state === 'public' ? cloud : snapshot.backend;
  const count = state === 'first' ? 2 : rows;
  return Array.from({ length: count }, (_, i) => {
    const text = state === 'first' ? 'Bright, mostly orange and brown; little moved since the last look.' : (texts[i % texts.length] ?? '');
    const row = answered(128 - i, now - 2000 * i, text, by, choices.prompt, thumb);
    return energy === null ? row : { ...row, energy_j: 36 + ((i * 7) % 5), ...(energy === 'shared' && i % 3 === 0 ? { energy_shared: true } : {}) };
  });
}

function changes(wish: Wish, base: Snapshot, now: number): Partial<Snapshot> {
  const rows = base.rows ?? [];
  switch (wish.state) {
    case 'first':
      return {
        ...{ firstRun: true, source: sample, backend: builtin, rows },
        settings: { ...base.settings, backends: [], prompts: [] },
        window: { ...choices, backend: 'builtin:', model: '' },
        counts: { ...base.counts, answered: 2, superseded: 0, failed: 0 },
      };
    case 'lost':
      return {
        source: {
          ...source,
          state: 'lost',
          fps: 0,
          fault: {
            code: 'camera.gone',
            message: 'Logitech C920 is no longer there.',
            hint: 'Plug it in again: Sightline goes on by itself.',
          },
        },
      };
    case 'off':
      return { source: { ...source, state: 'off', fps: 0 }, window: { ...choices, cameraOn: false } };
    case 'opening':
      return { source: { ...source, state: 'opening', width: 0, height: 0, fps: 0 }, rows: [] };
    case 'failed':
      return {
        backend: { ...base.backend, health: 'out', fault: silence },
        asking: { on: true, inFlight: 0, waiting: false, retryAtMs: now + 4000 },
        rows: [failed(rows[0], 5000), ...rows.slice(1, 3), failed(rows[3], 5000), ...rows.slice(4)].filter((row) => row !== null),
        notices: [
          { code: 'settings.newer', message: 'The settings file was broken and was set aside.', hint: 'It is beside the new one.' },
        ],
      };
    case 'empty':
      return {
        rows: [],
        asking: { on: false, inFlight: 0, waiting: false, retryAtMs: 0 },
        window: { ...choices, asking: false },
        counts: { ...base.counts, answered: 0, superseded: 0, failed: 0 },
      };
    case 'public':
      return { backend: cloud, window: { ...choices, backend: 'cloud', model: cloud.model, pace: '5s' }, keyring: false };
    case 'waiting':
      return { asking: { on: true, inFlight: 0, waiting: true, retryAtMs: 0 }, counts: { ...base.counts, superseded: 12 } };
    case 'recording':
      return { recording: { ...notRecording, on: true, id: 'r1', sinceMs: now - 133_000, bytes: 38_400_000, answers: 64 } };
    case 'replay':
      return {
        source: { ...source, uri: 'recording:/home/ada/Videos/Sightline/2026-11-22_07-29-53_k3f9', name: 'Recording of 7:29', kind: 'recording' },
        rows: rows.map((row, i) => ({ ...row, replayed: { recording: 'k3f9', at_ms: 60_000 - 2000 * i }, before: thenOf(row, i) })),
      };
    case 'streaming':
      return { rows: streaming(rows) };
    default:
      return troubled(wish.state, base);
  }
}

// What was said when it was recorded: the same, nearly the same, or something else.
function thenOf(row: Row, i: number): Row['before'] {
  const said = [row.text ?? '', (row.text ?? '').replace('red', 'blue').replace('small', 'tall'), 'Nothing I know.'];
  const exact = i % 4 !== 3;
  return { backend: 'Lab server', model: 'llava:7b', prompt: row.prompt, text: said[i % 3] ?? '', atMs: 60_000 - 2000 * i - (exact ? 0 : 900), exact };
}

function failed(row: Row | undefined, total: number): Row | null {
  if (!row) return null;
  const { first_token_ms, tokens_per_s, text, ...rest } = row;
  return { ...rest, outcome: 'failed', total_ms: total, error: silence };
}

const essay = `## What is here
1. A **red mug** on a saucer, about half full
2. A notebook with a \`blue\` cover
3. A plant, see [its kind](https://example.com/plants)

| thing | where |
|---|---|
| mug | right |
| notebook | left |

![tracker](https://example.com/pixel.png) The light comes from the left, through a window that looks onto two rows of hills.
The sun stands low. Nothing on the table is near its edge; nobody is in the room.`;

// One half-typed answer, a stopped one, a long one, one of an earlier prompt.
function streaming(rows: Row[]): Row[] {
  const [first, second, third, fourth, ...others] = rows;
  if (!first || !second || !third || !fourth) return rows;
  const { total_ms, tokens_per_s, ...begun } = first;
  const earlier = 'List the main objects you see, most important first.';
  return [
    { ...begun, outcome: '', pending: true, text: 'A red mug of coffee stands on a wooden table beside an' },
    { ...second, text: `${essay}\n\n${essay}`, thinking: 'The picture shows a desk. There is a mug.', limited: true },
    third,
    { ...fourth, prompt: earlier, outcome: 'cancelled', text: 'Mug, notebook' },
    ...others.map((row) => ({ ...row, prompt: earlier, text: 'Mug, notebook, plant, window.' })),
  ];
}
