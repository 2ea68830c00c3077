import { expect, it } from 'vitest';
import { centre } from '$lib/text/regions';
import { PartDraft } from './part-draft.svelte';

const press = (key: string, shiftKey = false) => ({ key, shiftKey, ctrlKey: false });
const part = { x: 0.2, y: 0.2, w: 0.4, h: 0.4 };

it('draws a part, which a mere click does not take away', () => {
  const draft = new PartDraft(null);
  draft.take({ x: 0.1, y: 0.1 }, 'draw');
  draft.drag({ x: 0.6, y: 0.5 });
  draft.drop();
  expect(draft.region).toEqual({ x: 0.1, y: 0.1, w: 0.5, h: 0.4 });
  draft.take({ x: 0.9, y: 0.9 }, 'draw');
  draft.drag({ x: 0.901, y: 0.9 });
  draft.drop();
  expect(draft.region).toEqual({ x: 0.1, y: 0.1, w: 0.5, h: 0.4 });
});

it('moves what was taken hold of from where that was', () => {
  const draft = new PartDraft(part);
  draft.take({ x: 0.3, y: 0.3 }, 'move');
  draft.drag({ x: 0.9, y: 0.3 });
  draft.drag({ x: 0.35, y: 0.3 });
  expect(draft.region).toEqual({ ...part, x: 0.25 });
  expect(draft.held).toBe(true);
  draft.drop();
  draft.drag({ x: 0.9, y: 0.9 });
  expect([draft.region, draft.held]).toEqual([{ ...part, x: 0.25 }, false]);
});

it('changes the side that was taken hold of', () => {
  const draft = new PartDraft(part);
  draft.take({ x: 0.6, y: 0.4 }, 'e');
  draft.drag({ x: 0.7, y: 0.1 });
  expect(draft.region).toEqual({ ...part, w: 0.5 });
});

it('begins in the middle for who draws by keyboard', () => {
  const draft = new PartDraft(null);
  expect(draft.key(press('a'))).toBe(false);
  expect(draft.region).toBeNull();
  expect(draft.key(press('ArrowLeft'))).toBe(true);
  expect(draft.region).toEqual(centre);
  draft.key(press('ArrowLeft'));
  draft.key(press('ArrowRight', true));
  expect(draft.region).toEqual({ ...centre, x: 0.24, w: 0.51 });
});
