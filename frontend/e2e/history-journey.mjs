// What a person does with recordings, against the fake program.
import assert from 'node:assert/strict';
import { click } from './acts.mjs';
import { openLibrary, openRecording } from './history.mjs';

const begin = (page, query = '') => page.goto(`${page.base}/?still&state=live&theme=dark${query}`).then(() => page.locator('.window').waitFor());
const timeline = (page) => page.getByRole('slider', { name: 'Timeline' });
const seconds = async (page) => Number(await timeline(page).getAttribute('aria-valuenow'));
const reaches = (page, from, to) =>
  page.waitForFunction(
    ([low, high]) => {
      const now = Number(document.querySelector('[role=slider]').getAttribute('aria-valuenow'));
      return now >= low && now <= high;
    },
    [from, to],
  );

/** A click on the timeline, at a share of its length. */
async function point(page, share) {
  const box = await timeline(page).boundingBox();
  await page.mouse.click(box.x + box.width * share, box.y + 12);
}

export const historySteps = {
  'a recording plays from one piece of video to the next, and Space holds it': async (page) => {
    await begin(page);
    await openRecording('Desk at the window')(page);
    await page.locator('video.seen').waitFor();
    await point(page, 56 / 135);
    for (let i = 0; i < 3; i++) await page.keyboard.press('>');
    await page.getByRole('button', { name: 'Speed: 8×' }).waitFor();
    await page.keyboard.press('Space');
    await page.locator('.stage img').waitFor(); // the gap has stored pictures
    await page.waitForFunction(() => document.querySelector('video.seen')?.src.includes('/desk/1.mp4'));
    const played = () => page.evaluate(() => document.querySelector('video.seen').currentTime);
    await page.waitForFunction(() => document.querySelector('video.seen').currentTime > 2);
    await page.keyboard.press('Space');
    await page.waitForFunction(() => document.querySelector('video.seen').paused);
    assert.ok(Math.abs((await seconds(page)) - 75 - (await played())) < 1.1, 'the timeline is where the video is');
  },
  'the picture of a place is the one that is shown': async (page) => {
    const shot = () => page.evaluate(() => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 32, height: 18 });
      const brush = canvas.getContext('2d');
      brush.drawImage(document.querySelector('video.seen'), 0, 0, 32, 18);
      return [...brush.getImageData(16, 4, 1, 1).data.slice(0, 3)];
    });
    await point(page, 10 / 135);
    await page.waitForFunction(() => document.querySelector('video.seen')?.src.includes('/desk/0.mp4'));
    const [red, green] = await shot();
    assert.ok(red > green + 20, `a red cup: ${red} ${green}`);
  },
  'dragging goes along, arrows step from answer to answer, Home and End to the ends': async (page) => {
    const box = await timeline(page).boundingBox();
    await page.mouse.move(box.x + 100, box.y + 12);
    await page.mouse.down();
    for (let x = 120; x < 460; x += 20) await page.mouse.move(box.x + x, box.y + 12);
    await page.mouse.up();
    const expected = (440 / box.width) * 135;
    await reaches(page, Math.floor(expected) - 1, Math.ceil(expected) + 1);
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.locator('article.current', { hasText: '0:02.4' }).waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.locator('article.current', { hasText: '0:00.4' }).waitFor();
    await page.keyboard.press('Shift+ArrowRight');
    await page.locator('article.current', { hasText: '0:04.4' }).waitFor();
    await page.keyboard.press('End');
    await reaches(page, 134, 136);
  },
  'ten thousand answers are there within a second, and follow to the end': async (page) => {
    await begin(page);
    await openLibrary(page);
    const card = page.getByRole('button', { name: /^Open Night watch/ });
    await card.waitFor();
    const took = await card.evaluate(async (button) => {
      const began = performance.now();
      button.click();
      while (!document.querySelector('article [aria-label^="Go to"]') || !document.querySelector('[role=slider] canvas')) await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
      return performance.now() - began;
    });
    assert.ok(took < 1000, `it took ${Math.round(took)} ms`);
    await page.keyboard.press('End');
    await page.locator('article.current', { hasText: '5:33:18' }).waitFor();
    const rows = await page.locator('article [aria-label^="Go to"]').count();
    assert.ok(rows < 40, `${rows} rows are drawn`);
  },
  'the list follows until somebody scrolls it, and again when told to': async (page) => {
    const list = page.getByRole('group', { name: 'Answers in the order of time' });
    await list.hover();
    await page.mouse.wheel(0, -4000);
    await page.getByRole('button', { name: 'Follow' }).waitFor();
    const top = () => list.evaluate((box) => box.scrollTop);
    const before = await top();
    await page.keyboard.press('ArrowLeft');
    await page.waitForTimeout(100);
    assert.equal(await top(), before);
    await page.getByRole('button', { name: 'Follow' }).click();
    await page.locator('article.current').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Follow' }).count(), 0);
  },
  'Escape leads back: out of the field, to the list, to the live window': async (page) => {
    await page.keyboard.press('Control+f');
    await page.keyboard.type('cat');
    await page.locator('mark').first().waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await page.getByRole('textbox').inputValue(), '');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: /^Recordings/ }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('region', { name: 'Live picture' }).waitFor();
  },
  'a search leads to its moment with one click': async (page) => {
    await page.keyboard.press('Control+f');
    await page.keyboard.type('blue folder');
    const hit = page.getByRole('region', { name: 'Moments found' }).getByRole('button').nth(3);
    await hit.waitFor();
    const time = await hit.locator('.at').innerText();
    await hit.click();
    await page.locator('article.current', { hasText: time }).waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await page.getByRole('textbox', { name: 'Search in all answers' }).inputValue(), 'blue folder');
    await page.keyboard.press('Escape');
  },
  'recordings are renamed, kept, imported and put in the trash': async (page) => {
    await click('More about Night watch')(page);
    await click('Rename', 'menuitem')(page);
    await page.keyboard.type('Back door');
    await page.keyboard.press('Enter');
    await click('More about Back door')(page);
    await click(/^Keep/, 'menuitem')(page);
    await page.getByRole('article', { name: 'Back door' }).getByText('Kept').waitFor();
    await click('Import…')(page);
    await page.getByRole('article', { name: 'From the old laptop' }).waitFor();
    await click('More about Back door')(page);
    await click('Delete…', 'menuitem')(page);
    await click('Move to the trash')(page);
    await page.getByText('Back door is in the trash.').waitFor();
    assert.equal(await page.getByRole('article', { name: 'Back door' }).count(), 0);
  },
  'a thousand recordings come as they are scrolled to': async (page) => {
    await begin(page, '&shelf=many');
    await openLibrary(page);
    await page.getByRole('heading', { name: 'Recordings 1,000' }).waitFor();
    const cards = () => page.locator('article').count();
    assert.ok((await cards()) < 60);
    await page.locator('.shelf').evaluate((box) => (box.scrollTop = box.scrollHeight));
    await page.waitForFunction(() => document.querySelectorAll('article').length > 60);
  },
  'asking again makes the recording the source of the live window': async (page) => {
    await begin(page);
    await openRecording('Night watch')(page);
    await click('Ask again')(page);
    await click(/^Only the pictures/, 'menuitem')(page);
    await page.getByRole('region', { name: 'Live picture' }).waitFor();
    await page.getByText('Night watch is the source now.').waitFor();
    await page.getByRole('radio', { name: 'Every frame' }).waitFor();
  },
};
