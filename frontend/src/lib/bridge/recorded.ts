import { Fault } from './fault';
import type { Entry } from './types';

/** The lines of a recording's answers, as they lie on disk. */
export async function fetchEntries(id: string, signal: AbortSignal): Promise<Entry[]> {
  const response = await fetch(`${folder(id)}/answers.jsonl`, { signal, cache: 'no-store' });
  if (response.status === 404) return [];
  if (!response.ok) throw new Fault('recording.http', `The answers cannot be read (HTTP ${response.status}).`, 'Open the recording again.');
  return parseEntries(await response.text());
}

/** A line that is damaged is left out: the others are worth reading. */
export function parseEntries(text: string): Entry[] {
  return text.split('\n').flatMap((line) => {
    try {
      const entry = JSON.parse(line) as Entry;
      return typeof entry.at_ms === 'number' && typeof entry.seq === 'number' ? [entry] : [];
    } catch {
      return [];
    }
  });
}

/** The URL of a picture of a recording, as an entry names it. */
export function pictureUrl(id: string, picture: string): string {
  return `${folder(id)}/${picture.split('/').map(encodeURIComponent).join('/')}`;
}

const folder = (id: string) => `/recorded/${encodeURIComponent(id)}`;
