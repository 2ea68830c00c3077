import type { Bridge } from '../bridge';
import { Fault } from '../fault';
import type { Entry, Hit, Recording, Shelf } from '../types';
import { entriesOf, shelfOf } from './recorded';
import { pictureAt } from './scene';

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const never = () => new Promise<never>(() => undefined);

type Errands = Pick<
  Bridge,
  | 'recordings'
  | 'recording'
  | 'entries'
  | 'search'
  | 'renameRecording'
  | 'keepRecording'
  | 'deleteRecording'
  | 'revealRecording'
  | 'importRecording'
  | 'pickExport'
  | 'exportRecording'
  | 'player'
  | 'recordedPicture'
>;

const gone = () => new Fault('history.gone', 'This recording is no longer there.', 'It may have been moved or deleted outside Sightline.');
const locked = () => new Fault('history.folder', 'The folder of the recordings cannot be read.', 'See whether the disk with /home/ada/Videos is there.');

/** The recordings of a person; ?shelf=many|empty|loading|error chooses how many. What was wished is told in the body's data, for tests. */
export function recordings(query: URLSearchParams): Errands {
  const wish = query.get('shelf') ?? 'some';
  let album: string[] = [];
  let all: Recording[] | null = null;
  const note = (what: string) => {
    document.body.dataset['done'] = what;
  };

  const ready = async (): Promise<Recording[]> => {
    if (album.length === 0) album = await Promise.all([1, 4, 9, 15].map(async (s) => URL.createObjectURL(await pictureAt(s, 640))));
    all ??= shelfOf(wish, Date.now(), album);
    return all;
  };
  const find = async (id: string): Promise<Recording> => {
    const found = (await ready()).find((one) => one.id === id);
    if (!found) throw gone();
    return found;
  };
  const change = async (id: string, some: Partial<Recording>): Promise<Recording> => {
    const changed = { ...(await find(id)), ...some };
    all = (all ?? []).map((one) => (one.id === id ? changed : one));
    return changed;
  };
  const pictureUrl = (_: string, picture: string) => album[Number(picture.replace(/\D/g, '')) % Math.max(1, album.length)] ?? '';

  return {
    recordings: async (): Promise<Shelf> => {
      if (wish === 'loading') return never();
      if (wish === 'error') throw locked();
      const found = await ready();
      const bytes = found.reduce((sum, one) => sum + one.bytes, 0);
      return { recordings: found, folder: '/home/ada/Videos/Sightline', bytes, free: 412e9, limit: wish === 'many' ? 0 : 50e9 };
    },
    recording: async (id) => (wish === 'slow' ? never() : find(id)),
    entries: async (id, signal): Promise<Entry[]> => {
      const found = entriesOf(await find(id));
      signal.throwIfAborted();
      return found;
    },
    search: async (words) => {
      await wait(60);
      if (words.includes('broken')) throw new Fault('history.index', 'The index cannot be read.', 'It is built anew now: try again in a moment.');
      return hits(await ready(), words.toLowerCase().split(/\s+/), pictureUrl);
    },
    renameRecording: (id, title) => change(id, { title }),
    keepRecording: (id, keep) => change(id, { keep }),
    deleteRecording: async (id) => {
      await find(id);
      all = (all ?? []).filter((one) => one.id !== id);
    },
    revealRecording: (id) => Promise.resolve(note(`reveal ${id}`)),
    importRecording: async () => {
      const [first] = await ready();
      if (!first) return null;
      const copy = { ...first, id: 'imported', title: 'From the old laptop', busy: false, state: 'complete' as const, keep: true };
      all = [copy, ...(all ?? [])];
      return copy;
    },
    pickExport: (name) => Promise.resolve(`/home/ada/${name}`),
    exportRecording: async (form) => {
      note(`export ${form.format} ${Math.round(form.fromMs)}-${Math.round(form.toMs)}`);
      await wait(60);
      if (form.format === 'vtt') throw new Fault('export.disk', 'The disk is full.', 'Free some space, or choose another folder.');
      const subtitles = form.format === 'mp4' ? [form.to.replace(/mp4$/, 'vtt')] : [];
      return { files: [form.to, ...subtitles], note: form.format === 'mp4' ? 'There is no ffmpeg here: the subtitles are in a file of their own.' : '' };
    },
    player: () => Promise.resolve(`${location.origin}/film`),
    recordedPicture: pictureUrl,
  };
}

function hits(all: readonly Recording[], words: readonly string[], pictureUrl: (id: string, picture: string) => string): Hit[] {
  return all
    .filter((one) => one.lengthMs < 1e6)
    .flatMap((one) => entriesOf(one).map((entry) => [one, entry] as const))
    .filter(([, { outcome, text = '' }]) => outcome === 'answered' && words.every((word) => text.toLowerCase().includes(word)))
    .slice(0, 100)
    .map(([one, { at_ms, seq, text = '', backend = '', model = '', picture }]) => ({
      ...{ recording: one.id, title: one.title || one.source, startedMs: one.startedMs, atMs: at_ms, seq, backend, model },
      pieces: cut(text, words),
      picture: picture ? pictureUrl(one.id, picture) : '',
    }));
}

function cut(text: string, words: readonly string[]): Hit['pieces'] {
  const safe = words.map((word) => word.replace(/[^\p{L}\p{N}]/gu, '')).filter(Boolean);
  const parts = safe.length > 0 ? text.split(new RegExp(`(${safe.join('|')})`, 'iu')) : [text];
  return parts.map((part, i) => ({ text: part, found: i % 2 === 1 })).filter((piece) => piece.text !== '');
}
