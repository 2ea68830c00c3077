import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { inOneUnit, markdownTable, tableOf } from './figures';

const words = {
  columns: { last: 'Last', mean: 'Mean', p50: 'p50', p95: 'p95', p99: 'p99' },
  rows: { firstToken: 'First word', rate: 'Tokens a second', total: 'Answer', whole: 'Capture → answer' },
  units: { ms: 'ms', s: 's', joules: 'J' },
  ...{ answered: 'Answers', failed: 'Failed', perMinute: 'A minute', prompt: 'Prompt tokens', completion: 'Answer tokens' },
  ...{ energy: 'Energy an answer', per1000: 'For 1000 tokens', sharedMark: '*' },
  shared: (shared: number, of: number) => `* Shared by ${shared} of ${of}.`,
  report: { backend: 'Backend', model: 'Model', figure: 'Figure', all: 'In all', withoutWarm: 'Warm-up answers are left out.' },
};

const spread = (last: number, mean = last, p50 = last, p95 = last, p99 = last) => ({ last, mean, p50, p95, p99 });
const unknown = { last: null, mean: null, p50: null, p95: null, p99: null };
const untold = { answers: 0, total: 0, mean: 0 };

/** An asker that tells its times and nothing else, as the built-in detector. */
const timed = (some: object = {}) => ({
  ...{ answers: 4, failed: 1, perMinute: 12.04, firstToken: unknown, rate: unknown, total: spread(8, 7.25, 6.1, 9.94, 9.95), whole: spread(13) },
  ...{ promptTokens: untold, completionTokens: untold, energy: { answers: 0, shared: 0, joules: 0, perAnswer: null, per1000: null } },
  ...some,
});
const full = timed({
  ...{ firstToken: spread(481.37), rate: spread(45.678), total: spread(1234.5, 1300, 1200, 9998, 12345) },
  promptTokens: { answers: 4, total: 1200, mean: 300 },
  completionTokens: { answers: 4, total: 84, mean: 21 },
  energy: { answers: 3, shared: 1, joules: 127.5, perAnswer: 42.5, per1000: 2023.81 },
});
const one = (backend: string, model: string, all = timed(), warm = all) => ({ backend, model, all, warm });
const table = (askers: ReturnType<typeof one>[], warm = false) => tableOf({ askers }, warm, words);

describe('the figures as a table', () => {
  it('have a row for each figure of each who was asked', () => {
    expect(table([one('Desk', 'qwen', full), one('Built-in', 'basic')])).toEqual({
      head: ['Backend', 'Model', 'Figure', 'In all', 'Last', 'Mean', 'p50', 'p95', 'p99'],
      rows: [
        ['Desk', 'qwen', 'First word, ms', '', '481', '481', '481', '481', '481'],
        ['Desk', 'qwen', 'Tokens a second', '', '45.7', '45.7', '45.7', '45.7', '45.7'],
        ['Desk', 'qwen', 'Answer, s', '', '1.2', '1.3', '1.2', '10.0', '12.3'],
        ['Desk', 'qwen', 'Capture → answer, ms', '', '13', '13', '13', '13', '13'],
        ['Desk', 'qwen', 'Answers', '4', '', '', '', '', ''],
        ['Desk', 'qwen', 'Failed', '1', '', '', '', '', ''],
        ['Desk', 'qwen', 'A minute', '', '', '12.0', '', '', ''],
        ['Desk', 'qwen', 'Prompt tokens', '1200', '', '300.0', '', '', ''],
        ['Desk', 'qwen', 'Answer tokens', '84', '', '21.0', '', '', ''],
        ['Desk', 'qwen', 'Energy an answer, J', '128*', '', '43*', '', '', ''],
        ['Desk', 'qwen', 'For 1000 tokens, J', '', '', '2024*', '', '', ''],
        ['Built-in', 'basic', 'Answer, ms', '', '8.0', '7.3', '6.1', '9.9', '10'],
        ['Built-in', 'basic', 'Capture → answer, ms', '', '13', '13', '13', '13', '13'],
        ['Built-in', 'basic', 'Answers', '4', '', '', '', '', ''],
        ['Built-in', 'basic', 'Failed', '1', '', '', '', '', ''],
        ['Built-in', 'basic', 'A minute', '', '', '12.0', '', '', ''],
      ],
      names: 3,
      notes: ['* Shared by 1 of 3.'],
    });
  });

  it('say so where the warm-up answers are left out', () => {
    const { rows, notes } = table([one('Desk', 'qwen', full, timed({ answers: 1 }))], true);
    expect(rows.find(([, , figure]) => figure === 'Answers')?.[3]).toBe('1');
    expect(notes).toEqual(['Warm-up answers are left out.']);
  });

  it('are counted even where nobody has answered', () => {
    const nobody = timed({ answers: 0, failed: 7, perMinute: null, total: unknown, whole: unknown });
    expect(table([one('Desk', 'qwen', nobody)]).rows.map((row) => row.slice(2, 4))).toEqual([
      ['Answers', '0'],
      ['Failed', '7'],
    ]);
  });

  it('are none before anybody was asked', () => {
    expect(table([]).rows).toEqual([]);
    expect(tableOf({ askers: null }, true, words).rows).toEqual([]);
  });

  it('mark energy only where others used the GPU', () => {
    const alone = timed({ energy: { answers: 4, shared: 0, joules: 6.4, perAnswer: 1.6, per1000: null } });
    const { rows, notes } = table([one('Desk', 'qwen', alone)]);
    expect(rows.at(-1)).toEqual(['Desk', 'qwen', 'Energy an answer, J', '6.4', '', '1.6', '', '', '']);
    expect(notes).toEqual([]);
  });

  it('keep one unit a row', () => {
    expect([9999.4, 100].map(inOneUnit([9999.4, 100, null]).cell)).toEqual(['9999', '100']);
    expect([9999.5, 100].map(inOneUnit([9999.5, 100]).cell)).toEqual(['10.0', '0.1']);
  });
});

describe('the table in Markdown', () => {
  it('is one that GitHub shows, its notes below', () => {
    const rows = [
      ['Desk', 'First word, ms', '481'],
      ['Spare', 'Energy, J', '43*'],
    ];
    expect(markdownTable({ head: ['Backend', 'Figure', 'Mean'], rows, names: 2, notes: ['First.', '* Second.'] })).toBe(
      [
        '| Backend | Figure | Mean |',
        '| --- | --- | ---: |',
        '| Desk | First word, ms | 481 |',
        '| Spare | Energy, J | 43\\* |',
        '',
        'First.',
        '',
        '\\* Second.',
        '',
      ].join('\n'),
    );
  });

  it('has as many cells in each line, and each as it was, whatever a model is called', () => {
    const names = ['a|b', 'a\\|b', 'a\\', '`x`', '**x**', '_x_ ~~y~~', '<b>x</b>', '&amp;', '[x](y)', 'https://x.y', 'www.x.y', '@all', '$x$', '# x', 'two\nlines'];
    const text = markdownTable({ head: ['Model', 'Mean'], rows: names.map((name) => [name, '1']), names: 1, notes: [] });
    document.body.innerHTML = marked.parse(text, { async: false });
    const cells = [...document.querySelectorAll('tbody td')];
    expect(cells.map((cell) => cell.textContent)).toEqual(names.flatMap((name) => [name.replace('\n', ' '), '1']));
    expect(cells.filter((cell) => cell.children.length > 0)).toEqual([]);
  });
});
