/** Some text, found or around what was found. */
export interface Piece {
  text: string;
  found: boolean;
}

const bare = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

// Letter by letter, so that places among the bare letters are places in the text.
const letterwise = (letters: readonly string[]) => letters.map((letter) => ([...bare(letter)].length === 1 ? bare(letter) : letter.toLowerCase()));

/** The words of a search, without case and accents. */
export function wordsOf(typed: string): string[] {
  return bare(typed).split(/\s+/).filter((word) => word !== '');
}

/** Whether a text has all the words, in whatever order. */
export function has(text: string, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const inside = bare(text);
  return words.every((word) => inside.includes(word));
}

/** A text cut into what was found and what is around it. */
export function marked(text: string, words: readonly string[]): Piece[] {
  if (words.length === 0 || text === '') return text === '' ? [] : [{ text, found: false }];
  const letters = [...text];
  const plain = letterwise(letters);
  const found = new Array<boolean>(letters.length).fill(false);
  for (const word of words) markWord(plain, letterwise([...word.normalize('NFC')]), found);
  const pieces: Piece[] = [];
  for (const [i, letter] of letters.entries()) {
    const last = pieces.at(-1);
    if (last && last.found === found[i]) last.text += letter;
    else pieces.push({ text: letter, found: found[i] ?? false });
  }
  return pieces;
}

function markWord(text: readonly string[], word: readonly string[], found: boolean[]): void {
  for (let at = 0; at + word.length <= text.length; at++) {
    if (word.every((letter, i) => text[at + i] === letter)) found.fill(true, at, at + word.length);
  }
}

/** The pieces from a little before the first one found on, so that it is seen in few lines. */
export function around(pieces: readonly Piece[], before = 40): Piece[] {
  const first = pieces.findIndex((piece) => piece.found);
  const lead = pieces[first - 1];
  if (first < 1 || !lead || lead.text.length <= before * 2) return [...pieces];
  const cut = lead.text.slice(-before).replace(/^\S*\s/, '');
  return [{ text: `… ${cut}`, found: false }, ...pieces.slice(first)];
}
