import { dayName } from './days';
import { bytes, clock, length } from './format';
import { h } from './strings-history';

interface Recording {
  title: string;
  source: string;
  startedMs: number;
  lengthMs: number;
  bytes: number;
  askers: readonly { backend: string; model: string }[] | null;
  outcomes: { answered: number; failed: number };
}

/** What a recording is called: by its title, or else by what it shows. */
export function nameOf({ title, source }: Pick<Recording, 'title' | 'source'>): string {
  return title || source || h.unnamed;
}

/** Who answered in a recording, shortly: the models, or the backends that have none. */
export function askersOf({ askers }: Pick<Recording, 'askers'>): string {
  const names = [...new Set((askers ?? []).map(({ backend, model }) => model || backend).filter(Boolean))];
  return names.length > 2 ? h.andMore(names[0] ?? '', names.length - 1) : names.join(', ');
}

/** What was answered in a recording, and by whom. */
export function factsOf(recording: Pick<Recording, 'askers' | 'outcomes'>): string[] {
  const { answered, failed } = recording.outcomes;
  return answered + failed > 0 ? [h.answers(answered), askersOf(recording)].filter(Boolean) : [h.noAnswers];
}

/** A size on disk: 38.4 MB, 50 GB. */
export function size(n: number): string {
  return bytes(n).replace('.0', '');
}

/** When it was: the day and the time. */
export function whenOf({ startedMs }: Pick<Recording, 'startedMs'>, now: number): string {
  return `${dayName(startedMs, now)} ${clock(startedMs).slice(0, 5)}`;
}

/** A moment in a recording, to the tenth of a second. */
export function moment(ms: number): string {
  const tenths = Math.max(0, Math.floor(ms / 100 + 1e-6));
  return `${length(tenths * 100)}.${tenths % 10}`;
}

/** A file's name for what is exported: only what every file system takes. */
export function fileName(recording: Pick<Recording, 'title' | 'source' | 'startedMs'>, format: string, clip: boolean): string {
  const d = new Date(recording.startedMs);
  const two = (n: number) => String(n).padStart(2, '0');
  const date = `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${two(d.getHours())}-${two(d.getMinutes())}`;
  // eslint-disable-next-line no-control-regex
  const name = nameOf(recording).replace(/[\u0000-\u001f<>:"/\\|?*]+/g, ' ').replace(/\s+/g, ' ').trim().slice(0, 60);
  return `${[name, date, clip ? h.exports.clip : ''].filter(Boolean).join(' ')}.${format}`;
}

/** The last part of a path. */
export function lastPart(path: string): string {
  return path.split(/[/\\]/).filter(Boolean).at(-1) ?? path;
}
