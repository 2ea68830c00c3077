// A person's first hour with the real program, its page in Chromium: Wails' development mode serves page and calls on a loopback port.
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import axe from 'axe-core';
import { chromium } from 'playwright-core';
import { measured } from './measured.mjs';
import { recorded } from './recorded.mjs';
import { Rig, chromium as options, pictures, until } from './rig.mjs';

const rig = await Rig.open();
const browser = await chromium.launch(options);
const errors = [];

/** Starts the program and gives its page once the live window is there. */
async function open() {
  const devserver = `127.0.0.1:${await rig.freePort()}`;
  const program = rig.start('sightline-dev', { assetdir: 'frontend/dist', devserver });
  const page = await (await browser.newContext({ viewport: { width: 1360, height: 860 } })).newPage();
  page.setDefaultTimeout(30_000);
  page.on('pageerror', (error) => errors.push(String(error)));
  await until('page', () => page.goto(`http://${devserver}`).catch(() => null)).catch((error) => {
    throw new Error(`${error.message}; the program said:\n${program.log}`);
  });
  await page.getByRole('region', { name: 'Live picture' }).waitFor();
  return { page, program };
}

async function close({ page, program }) {
  await page.context().close();
  program.kill('SIGTERM');
  assert.equal(await Promise.race([program.ended, until('end of the program', () => null, 15).catch(String)]), 0);
}

const drawn = (page) => page.locator('canvas').first().evaluate((canvas) => canvas.toDataURL('image/jpeg', 0.3));
const newest = (page) => page.getByRole('feed').getByRole('article').first();

async function step(name, does) {
  await does();
  console.log(`  ${name}`);
}

async function check(page, name) {
  // In the middle of fading in, words have another contrast. An animation that is cancelled ends, too.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().filter((a) => a.effect?.getComputedTiming().endTime < 5000).map((a) => a.finished)));
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ['violations'] }));
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(', ')}`), [], `axe: ${name}`);
  await page.screenshot({ path: join(pictures, `program-${name}.png`) });
}

async function journey() {
  const backend = await rig.backend();
  const first = await open();
  const { page } = first;

  await step('the first start shows a moving picture and says what it is', async () => {
    await page.waitForFunction(() => performance.getEntriesByName('sightline:first-draw').length);
    const before = await drawn(page);
    await until('another picture', async () => (await drawn(page)) !== before);
    await page.getByText('No camera found: these are sample pictures.').waitFor();
  });
  await step('a first answer comes with nothing configured, and says who gave it', async () => {
    await newest(page).getByText(/^A .*picture/).waitFor();
    await page.getByText(/basic built-in detector/).waitFor();
    const thumb = newest(page).locator('img');
    await until('thumbnail', () => thumb.evaluate((img) => img.complete && img.naturalWidth > 0));
    await check(page, 'first');
  });
  await step('an address where nobody listens is told apart, with the next step', async () => {
    await page.getByRole('button', { name: 'Connect a model…' }).click();
    await page.getByRole('menuitem', { name: 'Add a backend…' }).click();
    await page.getByLabel('Address').fill('http://127.0.0.1:1');
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await page.getByText(/Nothing (is )?listen/i).first().waitFor();
    await check(page, 'wrong-address');
  });
  await step('a backend that answers is tested, saved and used', async () => {
    await page.getByLabel('Address').fill(backend.replace('http://', '').replace('/v1', ''));
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await page.getByText(/^It works|^It answers/).first().waitFor();
    await page.getByLabel('Name').fill('Loopback lab');
    await page.getByRole('button', { name: 'Save and use' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Backend: Loopback lab, / }).waitFor();
    await newest(page).getByText(/tok\/s/).waitFor();
  });
  await step('a new prompt is asked at once, and the old answers say what they were asked', async () => {
    const field = page.getByRole('textbox', { name: 'Prompt' });
    await field.fill('Is the door open?');
    await page.keyboard.press('Enter');
    await page.getByText(/^Asked before: /).first().waitFor();
    await check(page, 'answers');
  });
  await measured(page, rig, { step, check });
  await step('stopped is stopped, and Space still asks once', async () => {
    await page.getByRole('button', { name: 'Stop asking' }).click();
    await page.getByRole('button', { name: 'Ask', exact: true }).waitFor();
    const answers = () => page.getByRole('heading', { name: /^Answers/ }).innerText();
    await page.locator('.stage').click({ position: { x: 200, y: 200 } });
    const before = await answers();
    await page.keyboard.press('Space');
    await until('answer to Space', async () => (await answers()) !== before);
  });
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await recorded(page, rig, { step, check, newest });
  await page.getByRole('button', { name: /^Source: / }).click();
  await page.getByRole('menuitemradio', { name: /Sample pictures/ }).click();
  const overlay = page.locator('.overlay');
  await overlay.waitFor();
  await page.getByRole('button', { name: 'Stop asking' }).click();
  await step('the picture goes on while asking is stopped, and old words leave it', async () => {
    const before = await drawn(page);
    await until('another picture', async () => (await drawn(page)) !== before);
    await overlay.waitFor({ state: 'detached' });
  });
  await close(first);

  await step('what was chosen is on disk, and no key or picture with it', async () => {
    const window = JSON.parse(await readFile(join(rig.home, 'config/sightline/windows/main.json'), 'utf8'));
    assert.equal(window.prompt, 'Is the door open?');
    assert.equal(window.asking, false);
  });
  await step('another start keeps it', async () => {
    const again = await open();
    assert.equal(await again.page.getByRole('textbox', { name: 'Prompt' }).inputValue(), 'Is the door open?');
    await again.page.getByRole('button', { name: /^Backend: Loopback lab/ }).waitFor();
    await again.page.getByRole('button', { name: 'Ask', exact: true }).click();
    await newest(again.page).getByText(/tok\/s/).waitFor();
    await close(again);
  });
  assert.deepEqual(errors, [], 'errors on the page');
  await until('end of all it started', async () => (await rig.processes()).length === 0, 15).catch(async () => assert.deepEqual(await rig.processes(), [], 'processes left'));
}

await mkdir(pictures, { recursive: true });
try {
  await journey();
  console.log('the journey is well');
} catch (error) {
  console.error(error);
  for (const page of browser.contexts().flatMap((context) => context.pages())) await page.screenshot({ path: join(pictures, 'program-failed.png') });
  process.exitCode = 1;
} finally {
  await browser.close();
  await rig.close();
}
