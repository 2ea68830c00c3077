import { describe, expect, it } from 'vitest';
import { differ } from './differ';

describe('what differs between two answers', () => {
  it('marks the words that changed', () => {
    const changes = differ('A red mug on a table.', 'A blue mug on a table.');
    expect(changes?.filter((c) => c.in === 'then').map((c) => c.text)).toEqual(['red']);
    expect(changes?.filter((c) => c.in === 'now').map((c) => c.text)).toEqual(['blue']);
  });

  it('gives both texts back whole', () => {
    const [then, now] = ['One cup, two plates and a plant on a table.', 'One cup, two large plates and a plant under a table.'];
    const changes = differ(then, now) ?? [];
    const of = (side: 'then' | 'now') => changes.filter((c) => c.in !== (side === 'then' ? 'now' : 'then')).map((c) => c.text).join('');
    expect([of('then'), of('now')]).toEqual([then, now]);
  });

  it('finds nothing where nothing differs', () => {
    expect(differ('The same. ', 'The same.')).toEqual([{ text: 'The same.', in: 'both' }]);
  });

  it('gives up where the texts have nothing in common', () => {
    expect(differ('A dog runs over green grass.', '{"people": 4, "cars": 2}')).toBeNull();
  });

  it('is quick, or gives up, on hostile texts', () => {
    const began = performance.now();
    differ('a b '.repeat(16_000), 'b c '.repeat(16_000));
    expect(performance.now() - began).toBeLessThan(2000);
  });
});
