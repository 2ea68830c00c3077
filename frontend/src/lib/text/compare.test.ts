import { describe, expect, it } from 'vitest';
import { fitting, ofColumn, railWidth, summary } from './compare';
import { blocks, told } from './rows';

const plain = (text: string) => text.replace(/\u00a0/g, ' ');
const lab = { name: 'Lab', model: 'qwen', builtin: false };
const row = (column: number, some: object = {}) => ({
  ...{ column, outcome: 'answered', pending: false, backend: 'Lab', model: 'qwen', total_ms: 400, tokens_per_s: 50 },
  ...some,
});

describe('rows about one frame', () => {
  const r = (seq: number, column = 0, group?: number) => ({ seq, column, ...(group === undefined ? {} : { group }) });
  const shape = (rows: ReturnType<typeof r>[]) => blocks(rows).map((b) => [b.grouped, b.rows.map((one) => one.seq)]);

  it('stand together in the order of their columns, single ones between them', () => {
    expect(shape([r(8, 1, 7), r(7, 0, 7), r(6), r(5, 1, 3), r(4), r(3, 0, 3)])).toEqual([
      [true, [7, 8]],
      [false, [6]],
      [true, [3, 5]],
      [false, [4]],
    ]);
  });

  it('keep their block while more of them come', () => {
    const [before] = blocks([r(7, 0, 7)]);
    const [after] = blocks([r(8, 1, 7), r(7, 0, 7)]);
    expect(before?.key).toBe(after?.key);
    expect(after?.seq).toBe(8);
  });

  it('are none where nothing was asked', () => expect(blocks([])).toEqual([]));

  it('never share a key with a single row', () => {
    const keys = blocks([r(8, 1, 7), r(7)]).map((b) => b.key);
    expect(new Set(keys).size).toBe(2);
  });
});

describe('a compared backend', () => {
  it('is summed up over its own answers', () => {
    const rows = [row(0), row(0, { total_ms: 600, tokens_per_s: undefined }), row(1), row(0, { outcome: 'failed', total_ms: 9000 }), row(0, { pending: true, outcome: '' })];
    expect(summary(rows, ofColumn(rows, 0, lab))).toEqual({ answered: 2, failed: 1, stoodIn: 0, totalMs: 500, rate: 50 });
  });

  it('is not as fast as who stood in for it', () => {
    const rows = [row(0, { backend: 'Spare', instead_of: 'Lab', model: 'llava', total_ms: 10 }), row(0)];
    expect(summary(rows, ofColumn(rows, 0, lab))).toMatchObject({ answered: 1, stoodIn: 1, totalMs: 400 });
  });

  it('has no means before its first answer', () => {
    expect(summary([], ofColumn([], 0, lab))).toEqual({ answered: 0, failed: 0, stoodIn: 0, totalMs: null, rate: null });
  });

  it('knows its model by the name the server gives it', () => {
    const rows = [row(0, { model: 'qwen-2026-01' }), row(0, { outcome: 'failed' })];
    expect(rows.map(ofColumn(rows, 0, lab))).toEqual([true, true]);
  });

  it('is not who had its column before', () => {
    const rows = [row(0), row(0, { backend: 'Cloud' }), row(0, { model: 'llava' })];
    expect(rows.map(ofColumn(rows, 0, lab))).toEqual([true, false, false]);
  });
});

describe('columns', () => {
  it.each([
    [2, 600, 2],
    [4, 760, 4],
    [4, 560, 2],
    [3, 400, 1],
    [4, 300, 1],
  ])('%d in %d pixels: %d beside each other', (columns, width, across) => expect(fitting(columns, width, 165)).toBe(across));

  it('leave the picture its share', () => {
    for (const columns of [2, 3, 4]) expect(railWidth(columns, 1360, false).least).toBeLessThan(1360 * 0.57);
    expect(railWidth(2, 1920, false).least).toBe(600);
  });
});

describe('the line above an answer', () => {
  it('says who stood in for whom', () => {
    const words = told({ ...row(0, { backend: 'Spare', instead_of: 'Lab' }), seq: 1, atMs: 0 });
    expect(words.map(plain)).toEqual(['400 ms', '50 tok/s', 'Spare, in place of Lab']);
  });
});
