import type { Entry, Recording } from '../types';
import { lab, presets, texts } from './data';

const hour = 3_600_000;
const silent = { code: 'backend.silent', message: 'Lab server said nothing for 5 seconds.', hint: 'See whether its model is still loading.' };

const more = [
  'Somebody comes in from the left and puts a notebook beside the red mug.',
  'Two people stand at the window; one of them holds a **blue folder**.',
  'The desk is empty but for the plant. The light is on.',
  'A cat walks over the notebook and sits down in front of the window.',
];
const said = [...texts, ...more];

const plain: Recording = {
  ...{ id: '', title: '', dir: '', state: 'complete', busy: false, keep: false, startedMs: 0, lengthMs: 135_000, bytes: 38_400_000 },
  ...{ source: 'Logitech C920', kind: 'camera', askers: [{ backend: lab.name, model: lab.model }], prompt: presets[0]?.text ?? '', pace: '2s' },
  ...{ video: true, parts: ['video', 'frames', 'answers'], version: '0.4.0', segments: [{ startMs: 0, lengthMs: 135_000, width: 1280, height: 720 }] },
  ...{ outcomes: { answered: 64, superseded: 3, unchanged: 0, failed: 1, cancelled: 0 }, reason: null, thumb: '' },
};

/** How far apart its lines are: they are made again whenever they are asked for. */
const everyMs: Record<string, number> = { long: 2000, compared: 3000 };

/** The recordings of a shelf, newest first. */
export function shelfOf(wish: string, now: number, album: readonly string[]): Recording[] {
  if (wish === 'empty') return [];
  const kinds = special(now);
  const count = wish === 'many' ? 1000 : 14;
  const others = Array.from({ length: count - kinds.length }, (_, i): Recording => {
    const lengthMs = 40_000 + ((i * 77_777) % 2_000_000);
    return {
      ...{ ...plain, id: `day${i}`, title: i % 3 === 0 ? `Bench ${i + 1}` : '', startedMs: now - (i + 3) * 9 * hour, lengthMs, bytes: lengthMs * 310 },
      segments: [{ startMs: 0, lengthMs, width: 1280, height: 720 }],
    };
  });
  const all = [...kinds, ...others].sort((a, b) => b.startedMs - a.startedMs);
  return all.map((one, i) => finished(one, album[i % album.length] ?? ''));
}

function finished(one: Recording, thumb: string): Recording {
  const outcomes = { answered: 0, superseded: 0, unchanged: 0, failed: 0, cancelled: 0 };
  for (const { outcome } of entriesOf(one)) if (outcome !== '') outcomes[outcome]++;
  return { ...one, outcomes, dir: `/home/ada/Videos/Sightline/${one.id}`, thumb: one.parts?.includes('frames') && outcomes.answered > 0 ? thumb : '' };
}

function special(now: number): Recording[] {
  const power = { code: 'recording.cut', message: 'Sightline ended before the recording was closed.', hint: 'All but the last moments before that is here.' };
  const piece = (startMs: number, lengthMs: number) => ({ startMs, lengthMs, width: 640, height: 360 });
  return [
    { ...plain, id: 'now', state: 'recording', busy: true, startedMs: now - 128_000, lengthMs: 128_000 },
    { ...plain, id: 'desk', title: 'Desk at the window', keep: true, startedMs: now - 11 * 60_000, segments: [piece(0, 60_000), piece(75_000, 60_000)] },
    {
      ...{ ...plain, id: 'long', title: 'Night watch', startedMs: now - 9 * hour, lengthMs: 20_000_000, bytes: 412_000_000, video: false, segments: [] },
      parts: ['frames', 'answers'],
    },
    { ...plain, id: 'cut', state: 'cut short', reason: power, startedMs: now - 26 * hour, lengthMs: 61_400, segments: [piece(0, 61_400)] },
    { ...plain, id: 'empty', title: 'Only the picture', startedMs: now - 27 * hour, lengthMs: 4200, bytes: 1_300_000, askers: [], prompt: '' },
    {
      ...{ ...plain, id: 'words', title: 'Answers alone', keep: true, startedMs: now - 28 * hour, bytes: 61_000, video: false, segments: [] },
      parts: ['answers'],
    },
    {
      ...{ ...plain, id: 'compared', title: 'Two models', startedMs: now - 50 * hour, segments: [piece(0, 135_000)] },
      askers: [lab.model, 'qwen2.5-vl-3b'].map((model) => ({ backend: lab.name, model })),
    },
  ];
}

/** The lines of a recording. */
export function entriesOf(one: Recording): Entry[] {
  if (one.id === 'empty') return [];
  const every = everyMs[one.id] ?? 2000;
  const count = Math.ceil((one.lengthMs - 400) / every);
  const askers = one.askers ?? [];
  return Array.from({ length: count }, (_, i) => askers.map((asker, column) => entry(one, i, column, askers.length, 400 + i * every, asker))).flat();
}

function entry(one: Recording, i: number, column: number, of: number, at: number, { backend, model }: { backend: string; model: string }): Entry {
  const seq = i * of + column + 1;
  const first = 205 + ((seq * 37) % 50);
  const base = { session: 'fake', seq, frame: i * 60, captured: new Date(one.startedMs + at).toISOString(), at_ms: at, prompt: one.prompt };
  if (i % 17 === 11) return { ...base, outcome: 'superseded' };
  const asked: Entry = {
    ...{ ...base, backend, model, outcome: 'answered', age_ms: 6.2, first_token_ms: first, total_ms: first + 260, prompt_tokens: 301 },
    ...{ image: { width: 640, height: 360, bytes: 41_233 }, ...(of > 1 ? { group: i * of + 1 } : {}) },
    ...(one.parts?.includes('frames') ? { picture: `frames/${String(i).padStart(6, '0')}.jpg` } : {}),
  };
  if (i % 23 === 9) return { ...asked, outcome: 'failed', error: silent };
  const words = said[(i * 5 + column * 3 + (i >> 3)) % said.length] ?? '';
  return { ...asked, text: words, completion_tokens: 24, tokens_per_s: 50 + (seq % 5) };
}
