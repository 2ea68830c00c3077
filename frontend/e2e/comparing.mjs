import assert from 'node:assert/strict';
import { click } from './acts.mjs';

// Notes each height that the block of a new frame has, from when it comes.
const watchHeights = () => {
  const feed = document.querySelector('[role=feed]');
  const before = feed.firstElementChild;
  globalThis.heights = [];
  const look = () => {
    const height = feed.firstElementChild.offsetHeight;
    if (feed.firstElementChild !== before && height !== globalThis.heights.at(-1)) globalThis.heights.push(height);
    requestAnimationFrame(look);
  };
  look();
};

// The menu has its whole length only with what it had to ask for: before, what is to be clicked still moves.
const openMenu = async (page) => {
  await click(/^Backend/)(page);
  await page.getByText('llava-1.6-13b').waitFor();
  await page.getByText('Use Ollama').waitFor();
};

/** The screens of a window that compares. */
export const comparing = [
  ...['compare2', 'compare4', 'comparestream'].map((state) => ({ name: state, query: `state=${state}` })),
  {
    name: 'menu-compare',
    query: 'state=compare4',
    act: async (page) => {
      await openMenu(page);
      await click(/^Example Cloud/, 'menuitem')(page);
    },
    until: 'text=vision-small',
  },
  {
    name: 'compare-add',
    query: 'state=live',
    act: async (page) => {
      await openMenu(page);
      await click('Compare with…', 'menuitem')(page);
      await click(/^Lab server/, 'menuitem')(page);
      await page.getByText('qwen2.5-vl-7b vs qwen2.5-vl-3b').waitFor();
      await openMenu(page);
      await click('Compare with…', 'menuitem')(page);
      await click(/^Built-in/, 'menuitem')(page);
      await page.getByRole('button', { name: /^Backend: Lab server \+ 2/ }).waitFor();
      await openMenu(page);
      await click('Compare with…', 'menuitem')(page);
    },
    until: 'text=With another model',
  },
  {
    name: 'compare-ask',
    query: 'state=compare2',
    act: async (page) => {
      await page.evaluate(watchHeights);
      await page.keyboard.press(' ');
      await page.waitForFunction(() => {
        const answers = [...document.querySelectorAll('[role=feed] > article:first-child [role=group]')];
        return answers.length === 2 && answers.every((one) => /tok\/s/.test(one.textContent)) && document.querySelectorAll('[role=feed] > article').length === 11;
      });
      const heights = await page.evaluate(() => globalThis.heights);
      assert.equal(heights.length, 1, `the block changed its height while it streamed: ${heights.join(', ')}`);
    },
  },
  {
    name: 'compare-end',
    query: 'state=compare2',
    act: async (page) => {
      await openMenu(page);
      await click(/^Example Cloud/, 'menuitem')(page);
      await click('Remove', 'menuitem')(page);
    },
    until: 'button[aria-label^="Backend: Lab server, qwen2.5-vl-7b"]',
  },
  { name: 'picture-compare', query: 'state=compare4', act: click(/^Show the picture/) },
];
