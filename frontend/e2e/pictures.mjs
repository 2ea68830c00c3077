// Takes the pictures in docs/ anew: the real program on its sample pictures, its page in Chromium.
import { chromium } from 'playwright-core';
import { Rig, chromium as options, root, until } from './rig.mjs';

/** Another window, in which two models of one server are compared with the built-in detector. */
async function comparing() {
  const devserver = `127.0.0.1:${await rig.freePort()}`;
  const backend = await rig.backend('-words', '14', '-models', 'small-vl,large-vl');
  const args = ['--window', 'w-compare', '--source', 'sample:', '--backend', backend, '--model', 'small-vl'];
  rig.start('sightline-dev', { assetdir: 'frontend/dist', devserver }, ...args);
  const page = await (await browser.newContext({ viewport: { width: 1360, height: 860 }, colorScheme: 'dark' })).newPage();
  page.setDefaultTimeout(30_000);
  await until('page', () => page.goto(`http://${devserver}`).catch(() => null));
  const add = async (name) => {
    await page.getByRole('button', { name: /^Backend/ }).first().click();
    await page.getByRole('menuitem', { name: 'Compare with…' }).click();
    await page.getByRole('menuitem', { name }).first().click();
  };
  await add(/^127/);
  await add(/^Built-in/);
  await page.waitForFunction(() => document.querySelectorAll('[role=feed] > article [role=group]').length >= 15, { timeout: 60_000 });
  await page.screenshot({ path: `${root}docs/compare.jpg`, type: 'jpeg', quality: 88 });
}

/** What a session's answers took, beside its picture. */
async function measured() {
  const devserver = `127.0.0.1:${await rig.freePort()}`;
  const backend = await rig.backend('-words', '14', '-models', 'small-vl');
  const args = ['--window', 'w-figures', '--source', 'sample:', '--backend', backend, '--model', 'small-vl', '--every', '1s'];
  rig.start('sightline-dev', { assetdir: 'frontend/dist', devserver }, ...args);
  const page = await (await browser.newContext({ viewport: { width: 1360, height: 860 }, colorScheme: 'light' })).newPage();
  page.setDefaultTimeout(60_000);
  await until('page', () => page.goto(`http://${devserver}`).catch(() => null));
  await page.getByRole('heading', { name: /^Answers\s*40/ }).waitFor();
  await page.locator('.stage').click({ position: { x: 200, y: 200 } });
  await page.keyboard.press('g');
  await page.getByRole('button', { name: '1 min' }).or(page.getByRole('radio', { name: '1 min' })).first().click();
  await page.waitForTimeout(2500);
  await page.screenshot({ path: `${root}docs/figures.jpg`, type: 'jpeg', quality: 88 });
}

/** A recording, in the library and played. */
async function recorded(page) {
  await page.keyboard.press('Escape');
  await page.locator('.stage').click({ position: { x: 200, y: 200 } });
  await page.keyboard.press('r');
  await page.getByRole('button', { name: /^Stop recording, 0:2[0-9]/ }).waitFor({ timeout: 60_000 });
  await page.keyboard.press('r');
  await page.getByRole('button', { name: 'Record', exact: true }).waitFor();
  await page.keyboard.press('l');
  await page.getByRole('button', { name: /^Open / }).first().waitFor();
  await page.waitForTimeout(1000);
  await page.screenshot({ path: `${root}docs/library.jpg`, type: 'jpeg', quality: 88 });
  await page.getByRole('button', { name: /^Open / }).first().click();
  await page.locator('video.seen').waitFor();
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight');
  await page.waitForTimeout(1500);
  await page.screenshot({ path: `${root}docs/recording.jpg`, type: 'jpeg', quality: 88 });
}

const rig = await Rig.open();
const browser = await chromium.launch(options);
try {
  const devserver = `127.0.0.1:${await rig.freePort()}`;
  rig.start('sightline-dev', { assetdir: 'frontend/dist', devserver });
  for (const [name, colorScheme, width, height] of [
    ['live-dark', 'dark', 1360, 860],
    ['live-light', 'light', 1360, 860],
    ['narrow', 'dark', 760, 860],
  ]) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme });
    const page = await context.newPage();
    await until('page', () => page.goto(`http://${devserver}`).catch(() => null));
    await page.getByRole('feed').getByRole('article').nth(4).waitFor({ timeout: 60_000 });
    await page.waitForFunction(() => performance.getEntriesByName('sightline:first-draw').length);
    // Well within the turn of one photograph, so that the words on the picture are about what it shows.
    const cats = page.getByRole('feed').getByRole('article').filter({ hasText: 'A cat' });
    await until('answers about the cat', async () => (await page.locator('.overlay').innerText()).startsWith('A cat') && (await cats.count()) % 4 === 2, 90);
    await page.screenshot({ path: `${root}docs/${name}.jpg`, type: 'jpeg', quality: 88 });
    await context.close();
  }
  const page = await (await browser.newContext({ viewport: { width: 1360, height: 860 }, colorScheme: 'dark' })).newPage();
  await page.goto(`http://${devserver}`);
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.waitForTimeout(1000);
  await page.screenshot({ path: `${root}docs/settings.jpg`, type: 'jpeg', quality: 88 });
  await recorded(page);
  await comparing();
  await measured();
} finally {
  await browser.close();
  await rig.close();
}
