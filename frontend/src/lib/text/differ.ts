import { diffWordsWithSpace } from 'diff';

/** A piece of two texts laid over each other. */
export interface Change {
  text: string;
  /** In which of the two it stands. */
  in: 'both' | 'then' | 'now';
}

/** Above this share of words that differ, two texts are better read one after the other. */
const readable = 0.6;

/** What differs between two answers, word by word; null where they have too little in common for that to be read. */
export function differ(then: string, now: string): Change[] | null {
  const parts = diffWordsWithSpace(then.trim(), now.trim(), { maxEditLength: 2000, timeout: 50 });
  if (!parts) return null;
  const changes = parts.map((p): Change => ({ text: p.value, in: p.added ? 'now' : p.removed ? 'then' : 'both' }));
  const size = (where: (c: Change) => boolean) => changes.filter(where).reduce((sum, c) => sum + c.text.trim().length, 0);
  return size((c) => c.in !== 'both') > readable * size(() => true) ? null : changes;
}
