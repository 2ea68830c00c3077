// What a person does with recordings on the real program: record, search, play, ask again.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from './rig.mjs';

/** Steps on a page that watches and asks; `rig` is where its files are. */
export async function recorded(page, rig, { step, check, newest }) {
  const folder = join(rig.home, 'Videos/Sightline');
  const time = () => page.locator('video.seen').evaluate((video) => video.currentTime);

  await step('R records, the button shows the time, and R ends it', async () => {
    await page.locator('.stage').click({ position: { x: 200, y: 200 } });
    await page.keyboard.press('r');
    await page.getByRole('button', { name: /^Stop recording, 0:0[3-9]/ }).waitFor();
    await check(page, 'recording');
    await page.keyboard.press('r');
    await page.getByRole('button', { name: 'Record', exact: true }).waitFor();
    const [dir] = await readdir(folder);
    await until('closed recording', async () => (await readFile(join(folder, dir, 'recording.json'), 'utf8')).includes('"complete"'));
    assert.ok((await readFile(join(folder, dir, 'answers.jsonl'), 'utf8')).split('\n').length > 1, 'answers on disk');
  });
  await step('it is in the library, and a word of an answer finds its moment', async () => {
    await page.keyboard.press('l');
    await page.getByRole('button', { name: /^Open / }).first().waitFor();
    await check(page, 'library');
    const [dir] = await readdir(folder);
    const entries = (await readFile(join(folder, dir, 'answers.jsonl'), 'utf8')).trim().split('\n').map((line) => JSON.parse(line));
    const [word] = entries.find((entry) => entry.text).text.match(/[a-z]{4,}/i);
    await page.keyboard.press('Control+f');
    await page.keyboard.type(word);
    await page.locator('mark').first().waitFor();
    await check(page, 'found');
    await page.locator('mark').first().click();
  });
  await step('the video plays, stops and goes to where an answer is', async () => {
    await page.locator('video.seen').waitFor();
    await page.getByRole('slider', { name: 'Timeline' }).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Open / }).first().click();
    await page.locator('video.seen').waitFor();
    const before = await time();
    await page.keyboard.press('Space');
    await until('time passing in the video', async () => (await time()) > before + 0.5);
    await page.keyboard.press('Space');
    const here = await time();
    await page.keyboard.press('Home');
    await until('the beginning', async () => (await time()) < Math.min(0.2, here));
    await page.keyboard.press('ArrowRight');
    await check(page, 'played');
  });
  await step('asked again, the old answers stand beside the new ones', async () => {
    await page.getByRole('button', { name: 'Ask again' }).click();
    await page.getByRole('menuitem').first().click();
    await page.getByRole('button', { name: /^Source: Recording of / }).waitFor();
    await newest(page).getByText(/^Then/).waitFor();
    await check(page, 'again');
  });
}
