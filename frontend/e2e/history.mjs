import assert from 'node:assert/strict';
import { click } from './acts.mjs';

// The recordings' screens: the list of them, what a search finds, one of them, and its export.
export const openLibrary = (page) => page.keyboard.press('l');
export const openRecording = (name) => async (page) => {
  await openLibrary(page);
  await click(new RegExp(`^Open ${name}`))(page);
  await page.getByRole('slider', { name: 'Timeline' }).waitFor();
};
const searchIn = (field) => (words) => async (page) => {
  await page.keyboard.press('Control+f');
  await page.getByRole('textbox', { name: field }).fill(words);
};
const search = searchIn('Search in all answers');
const find = searchIn('Find in these answers');
const steps = (n) => async (page) => {
  for (let i = 0; i < n; i++) await page.keyboard.press('ArrowRight');
};
const menuOf = (name) => async (page) => {
  await openLibrary(page);
  await click(`More about ${name}`)(page);
};
const both = (...acts) => async (page) => {
  for (const act of acts) await act(page);
};
const noDecoder = (page) => page.evaluate(() => (HTMLMediaElement.prototype.canPlayType = () => ''));
const seen = 'video.seen';

const screens = [
  { name: 'library', query: 'state=live', act: openLibrary, until: 'text=Night watch' },
  { name: 'library-empty', query: 'state=live&shelf=empty', act: openLibrary, until: 'text=Nothing recorded yet.' },
  { name: 'library-loading', query: 'state=live&shelf=loading', act: openLibrary, until: 'text=Looking for recordings' },
  { name: 'library-error', query: 'state=live&shelf=error', act: openLibrary, until: 'text=cannot be read' },
  { name: 'library-menu', query: 'state=live', act: menuOf('Desk at the window'), until: 'text=Show in the file manager' },
  {
    name: 'library-rename',
    query: 'state=live',
    act: async (page) => {
      await menuOf('Night watch')(page);
      await click('Rename', 'menuitem')(page);
      await page.getByLabel('New name of Night watch').fill('Night watch, back door');
    },
  },
  {
    name: 'library-delete',
    query: 'state=live',
    act: async (page) => {
      await menuOf('Night watch')(page);
      await click('Delete…', 'menuitem')(page);
    },
    until: 'text=Move to the trash',
  },
  { name: 'search', query: 'state=live', act: search('red mug'), until: 'mark' },
  { name: 'search-named', query: 'state=live', act: search('desk'), until: 'mark' },
  { name: 'search-none', query: 'state=live', act: search('elephant'), until: 'text=No answer has' },
  { name: 'search-error', query: 'state=live', act: search('broken'), until: 'text=The index cannot be read.' },
  {
    name: 'recording-film',
    query: 'state=live',
    act: async (page) => {
      await openRecording('Desk at the window')(page);
      await page.locator(seen).waitFor();
      await steps(8)(page);
      await page.waitForFunction(() => Math.abs(document.querySelector('video.seen').currentTime - 14.4) < 0.2);
    },
  },
  {
    name: 'recording-gap',
    query: 'state=live',
    act: async (page) => {
      await openRecording('Desk at the window')(page);
      await page.locator(seen).waitFor();
      const box = await page.getByRole('slider', { name: 'Timeline' }).boundingBox();
      await page.mouse.click(box.x + (box.width * 70) / 135, box.y + 10);
    },
  },
  {
    name: 'recording-clip',
    query: 'state=live',
    act: async (page) => {
      await openRecording('Desk at the window')(page);
      await page.locator(seen).waitFor();
      await steps(4)(page);
      await page.keyboard.press('i');
      await steps(14)(page);
      await page.keyboard.press('o');
      const box = await page.getByRole('slider', { name: 'Timeline' }).boundingBox();
      await page.mouse.move(box.x + box.width * 0.72, box.y + 10);
    },
    until: '.preview img',
  },
  { name: 'recording-slides', query: 'state=live', act: both(openRecording('Night watch'), steps(40)), until: '.picture img' },
  {
    name: 'recording-moment',
    query: 'state=live',
    act: async (page) => {
      await both(openRecording('Night watch'), steps(5))(page);
      await page.locator('article.current').hover();
      await page.locator('article.current').getByRole('button', { name: 'The whole answer' }).click();
    },
    until: '[role=dialog] img',
  },
  {
    name: 'recording-filter',
    query: 'state=live',
    act: async (page) => {
      await both(openRecording('Night watch'), find('blue folder'), (p) => p.keyboard.press('Enter'))(page);
    },
    until: 'mark',
  },
  { name: 'recording-no-decoder', query: 'state=live', act: both(noDecoder, openRecording('Desk at the window'), steps(3)), until: 'text=gstreamer1.0-libav' },
  { name: 'recording-broken', query: 'state=live', act: both(openRecording('Logitech C920, Yesterday'), steps(9)), until: 'text=could not be played' },
  { name: 'recording-now', query: 'state=recording', act: both(openRecording('Logitech C920, Today'), steps(3)) },
  { name: 'recording-words', query: 'state=live', act: both(openRecording('Answers alone'), steps(4)), until: 'text=No picture was kept.' },
  { name: 'recording-empty', query: 'state=live', act: openRecording('Only the picture'), until: 'text=No answers.' },
  { name: 'recording-compared', query: 'state=live', act: both(openRecording('Two models'), steps(3)) },
  {
    name: 'recording-details',
    query: 'state=live',
    act: async (page) => {
      await openRecording('Logitech C920, Yesterday')(page);
      await page.getByRole('tab', { name: 'Details' }).click();
    },
    until: 'text=Sightline ended before',
  },
  { name: 'recording-loading', query: 'state=live&shelf=slow', act: both(openLibrary, click(/^Open Night/)), until: 'text=Opening the recording' },
  { name: 'recording-again', query: 'state=live', act: both(openRecording('Night watch'), click('Ask again')), until: 'text=Only the pictures asked about' },
  { name: 'recording-speed', query: 'state=live', act: both(openRecording('Night watch'), click(/^Speed/)), until: 'text=8×' },
  { name: 'recording-keys', query: 'state=live', act: both(openRecording('Night watch'), (page) => page.keyboard.press('?')), until: 'text=Previous, next answer' },
  { name: 'recording-full', query: 'state=live', act: both(openRecording('Night watch'), steps(6), (page) => page.keyboard.press('f')), until: '.window.full' },
  { name: 'export', query: 'state=live', act: both(openRecording('Night watch'), click('Export…')), until: 'text=Choose a file…' },
  {
    name: 'export-clip',
    query: 'state=live',
    act: async (page) => {
      await openRecording('Desk at the window')(page);
      await both(steps(3), (p) => p.keyboard.press('i'), steps(9), (p) => p.keyboard.press('o'), click('Export…'))(page);
      await page.getByRole('radio', { name: /^Subtitles/ }).click();
      await click('Choose a file…')(page);
    },
    until: 'text=The disk is full.',
  },
  {
    name: 'export-done',
    query: 'state=live',
    act: async (page) => {
      await openRecording('Desk at the window')(page);
      await both(steps(3), (p) => p.keyboard.press('o'), click('Export…'), click('Choose a file…'))(page);
      await page.getByText(/^Exported Desk at the window/).waitFor();
      assert.equal(await page.evaluate(() => document.body.dataset.done), 'export mp4 0-4400');
    },
  },
];

/** Of these the picture changes with the window's size. */
export const sizedHistory = ['library', 'search', 'recording-film', 'recording-slides', 'recording-details', 'export'];
export const litHistory = ['library'];
export const smallHistory = ['library', 'recording-film'];

// Those that are visited each time; the others with --all, or by their name.
const often = ['library', 'library-empty', 'search', 'recording-film', 'recording-gap', 'recording-no-decoder', 'recording-now', 'recording-details', 'export-clip', 'export-done'];

export const history = screens.map((scene) => ({ ...scene, rare: !often.includes(scene.name) }));
