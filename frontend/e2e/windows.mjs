// Several real windows on a virtual display: opened, duplicated, closed, killed, quit and back again; then three on one camera, each with a
// question of its own, whose holder is killed.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { chromium as browsers } from 'playwright-core';
import { Rig, chromium as options, pictures, until } from './rig.mjs';

async function step(name, does) {
  const result = await does();
  console.log(`  ${name}`);
  return result;
}

const open = (rig, count) => until(`${count} windows`, async () => (await rig.windows()).length === count);
const stateOf = (rig, id) => join(rig.home, 'config/sightline/windows', `${id}.json`);
const read = async (path) => JSON.parse(await readFile(path, 'utf8'));

/** Presses keys in a window, as a person there would. */
async function press(rig, window, keys) {
  await rig.run('wmctrl', '-i', '-a', window);
  await rig.run('xdotool', 'windowfocus', '--sync', window);
  await rig.run('xdotool', 'key', '--clearmodifiers', keys);
}

/** Presses keys until they have done what they are to: a page that is still loading hears none. */
const pressUntil = (rig, window, keys, what, done) =>
  until(what, async () => {
    await press(rig, window, keys);
    for (let i = 0; i < 40; i++, await wait(100)) if (await done()) return true;
    return false;
  });

async function comingAndGoing() {
  const rig = await Rig.open('1600x1000');
  try {
    await rig.windowManager();
    rig.start('sightline');
    await open(rig, 1);
    const [first] = await rig.windows();
    await step('Ctrl+N opens another window', async () => {
      await pressUntil(rig, first, 'ctrl+n', 'second window', async () => (await rig.windows()).length >= 2);
      await open(rig, 2);
    });
    await step('Ctrl+Shift+N opens one with the same choices', async () => {
      await pressUntil(rig, first, 'ctrl+shift+n', 'third window', async () => (await rig.windows()).length >= 3);
      await open(rig, 3);
    });
    const listed = await step('they are listed as open', async () => {
      const windows = await until('three listed', async () => {
        const all = await rig.listed();
        return all.length === 3 && all.every((window) => window.open) && all;
      });
      await rig.run('import', '-window', 'root', join(pictures, 'windows-three.png'));
      return windows.map((window) => window.id);
    });
    const [one, two] = listed.filter((id) => id !== 'main');
    await step('one that is killed touches no other, and comes back with the next start', async () => {
      process.kill(await rig.processOf(one), 'SIGKILL');
      await open(rig, 2);
      assert.ok(existsSync(stateOf(rig, one)), 'its choices are kept');
      rig.start('sightline');
      await until('the killed window', async () => (await rig.listed()).some((window) => window.id === one && window.open));
      await open(rig, 3);
    });
    await step('one of several that is closed is forgotten', async () => {
      const windows = await rig.windows();
      const before = (await rig.listed()).map((window) => window.id);
      await pressUntil(rig, windows[windows.length - 1], 'ctrl+w', 'one window less', async () => (await rig.windows()).length === 2);
      const gone = before.filter((id) => !existsSync(stateOf(rig, id)));
      assert.equal(gone.length, 1, `exactly one is forgotten: ${gone}`);
    });
    const left = (await rig.listed()).map((window) => window.id).sort();
    await step('Ctrl+Q ends all of them', async () => {
      const [window] = await rig.windows();
      await pressUntil(rig, window, 'ctrl+q', 'end of all', async () => (await rig.windows()).length === 0);
      const ours = async () => (await rig.processes()).filter((line) => !line.includes('openbox'));
      await until('end of their processes', async () => (await ours()).length === 0, 15).catch(async () => assert.deepEqual(await ours(), []));
    });
    await step('and the next start brings them back, as large as they were', async () => {
      const sizes = await Promise.all(left.map(async (id) => (await read(stateOf(rig, id))).geometry));
      rig.start('sightline');
      await open(rig, left.length);
      assert.deepEqual((await rig.listed()).filter((window) => window.open).map((window) => window.id).sort(), left);
      for (const size of sizes) assert.ok(size.width >= 720 && size.height >= 520, JSON.stringify(size));
    });
    assert.ok(two, 'two windows beside the first were opened');
  } finally {
    await rig.close();
  }
}

const drawn = (page) => page.locator('canvas').first().evaluate((canvas) => canvas.toDataURL('image/jpeg', 0.3));

/** Three windows of the real program on one camera; their pages are seen through Chromium, so that every word can be read. */
async function oneCamera() {
  const rig = await Rig.open('1600x1000');
  const browser = await browsers.launch(options);
  try {
    await rig.windowManager();
    const backend = await rig.backend('-words', '40');
    const windows = [];
    for (const mark of ['alpha', 'beta', 'gamma']) {
      const devserver = `127.0.0.1:${await rig.freePort()}`;
      const args = ['--window', `w-${mark}`, '--source', 'pattern:?shared=1', '--backend', backend, '--prompt', `Is ${mark} here?`, '--every', '500ms'];
      const program = rig.start('sightline-dev', { assetdir: 'frontend/dist', devserver }, ...args);
      const page = await (await browser.newContext({ viewport: { width: 1360, height: 860 } })).newPage();
      page.setDefaultTimeout(30_000);
      await until('page', () => page.goto(`http://${devserver}`).catch(() => null));
      await page.getByRole('region', { name: 'Live picture' }).waitFor();
      windows.push({ mark, program, page });
    }
    const moving = async ({ page }) => {
      const before = await drawn(page);
      await until('another picture', async () => (await drawn(page)) !== before, 10);
    };
    await step('three windows show one camera', () => Promise.all(windows.map(moving)));
    await step('each is answered about its own question, and hears of no other', async () => {
      for (const { mark, page } of windows) {
        await page.getByRole('feed').getByText(`Is ${mark} here?`).first().waitFor();
        const words = await page.locator('body').innerText();
        for (const other of windows) if (other.mark !== mark) assert.ok(!words.includes(other.mark), `${mark} shows ${other.mark}: ${words}`);
      }
      await windows[0].page.screenshot({ path: join(pictures, 'windows-shared.png') });
    });
    await step('the one that holds the camera is killed, and the others go on', async () => {
      const [holder, ...others] = windows;
      await holder.page.context().close();
      const took = async () => {
        const start = Date.now();
        await Promise.all(others.map(moving));
        return Date.now() - start;
      };
      const before = await took();
      holder.program.kill('SIGKILL');
      console.log(`    both had moved ${await took()} ms after the kill; to see it takes ${before} ms in any case`);
      for (const { page } of others) assert.equal(await page.getByText('Lost').count(), 0, 'nobody is told of a lost camera');
    });
  } finally {
    await browser.close();
    await rig.close();
  }
}

await mkdir(pictures, { recursive: true });
try {
  await comingAndGoing();
  await oneCamera();
  console.log('the windows are well');
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
