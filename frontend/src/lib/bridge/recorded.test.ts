import { describe, expect, it } from 'vitest';
import { parseEntries, pictureUrl } from './recorded';

describe('answers as they lie on disk', () => {
  it('reads whole lines and leaves out what is damaged', () => {
    const lines = ['{"seq":1,"at_ms":10,"text":"A"}', '{"seq":2,', 'null', '{"at_ms":3}', '{"seq":3,"at_ms":30}', ''];
    expect(parseEntries(lines.join('\n')).map((entry) => entry.seq)).toEqual([1, 3]);
  });

  it('keeps a picture name within its recording', () => {
    expect(pictureUrl('2026_k3f9', 'frames/000017.jpg')).toBe('/recorded/2026_k3f9/frames/000017.jpg');
    expect(pictureUrl('a/../b', 'frames/a?b.jpg')).toBe('/recorded/a%2F..%2Fb/frames/a%3Fb.jpg');
  });
});
