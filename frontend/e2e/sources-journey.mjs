// What a person does about sources and the picture, against the fake program that lives.
import assert from 'node:assert/strict';
import { draw } from './sources.mjs';

const check = (page, name) => page.getByRole('menuitemcheckbox', { name });

export const sourceSteps = {
  'a camera that is plugged in appears, and nothing else moves, nor the focus': async (page) => {
    await page.goto(`${page.base}/?still&state=cameras`);
    await page.getByRole('button', { name: /^Source/ }).click();
    const twin = page.getByRole('menuitemradio', { name: 'USB Camera USB port 1-2' });
    await twin.waitFor();
    await page.waitForTimeout(500);
    await twin.focus();
    const places = () => page.getByRole('menu').evaluate((menu) => [...menu.querySelectorAll('[role^=menuitem]')].slice(0, 12).map((item) => item.getBoundingClientRect().top));
    const before = await places();
    await page.evaluate(() => dispatchEvent(new Event('plug')));
    await page.getByRole('menuitemradio', { name: 'Logitech BRIO' }).waitFor({ timeout: 6000 });
    assert.deepEqual(await places(), before);
    assert.ok(await twin.evaluate((item) => item === document.activeElement), 'the focus moved');
    await page.getByRole('menuitemradio', { name: 'Logitech BRIO' }).click();
    await page.getByRole('button', { name: /^Source: Logitech BRIO/ }).waitFor();
  },
  'a mode is chosen, and the part that is asked about stays': async (page) => {
    await page.goto(`${page.base}/?still&state=part`);
    await page.locator('.part').waitFor();
    await page.getByRole('button', { name: /^Source/ }).click();
    await page.getByRole('menuitem', { name: /^Size and rate/ }).click();
    await page.getByRole('menuitemradio', { name: '640×480 · 30 fps' }).click();
    await page.getByRole('button', { name: /640×480 · 30 fps/ }).waitFor();
    await page.locator('.part').waitFor();
  },
  'a network camera is watched, its login taken out of the address': async (page) => {
    await page.goto(`${page.base}/?still&state=live`);
    await page.getByRole('button', { name: /^Source/ }).click();
    await page.getByRole('menuitem', { name: 'Network camera…' }).click();
    const address = page.getByLabel('Address');
    assert.ok(await address.evaluate((field) => field === document.activeElement), 'the address has the focus');
    await address.fill('rtsp://ada:s%40cret@10.0.0.7/stream');
    await page.keyboard.press('Tab');
    assert.equal(await address.inputValue(), 'rtsp://10.0.0.7/stream');
    assert.deepEqual([await page.getByLabel('User').inputValue(), await page.getByLabel('Password').inputValue()], ['ada', 's@cret']);
    await page.getByRole('button', { name: 'Watch' }).click();
    await page.getByRole('button', { name: /^Source: 10\.0\.0\.7/ }).waitFor();
  },
  'a camera that asks for a login gets it; one that is saved is never shown': async (page) => {
    await page.goto(`${page.base}/?still&state=login`);
    await page.getByRole('button', { name: 'Log in…' }).click();
    assert.equal(await page.getByLabel('Address').inputValue(), 'rtsp://porch.lan/stream1');
    await page.waitForFunction(() => document.activeElement?.tagName === 'INPUT');
    await page.keyboard.type('ada');
    await page.keyboard.press('Tab');
    await page.keyboard.type('secret');
    await page.keyboard.press('Enter');
    await page.getByText('Live · 25 fps').waitFor();
    await page.getByRole('button', { name: /^Source/ }).click();
    await page.getByRole('menuitem', { name: 'Address and login…' }).click();
    await page.getByText('A login is saved.').waitFor();
    assert.equal(await page.getByLabel('Password').inputValue(), '');
    await page.getByRole('button', { name: 'Forget it' }).click();
    await page.getByText('The login is forgotten.').waitFor();
  },
  'the certificate of a camera is taken with one click': async (page) => {
    await page.goto(`${page.base}/?still&state=certificate`);
    await page.getByRole('button', { name: 'Take this certificate' }).click();
    await page.getByText('Live · 30 fps').waitFor();
    await page.getByRole('button', { name: /^Source: porch\.lan/ }).waitFor();
  },
  'ffmpeg is chosen and the source comes; a video that ended is played again': async (page) => {
    await page.goto(`${page.base}/?still&state=ffmpeg`);
    await page.getByRole('button', { name: 'Choose ffmpeg…' }).click();
    await page.getByText('Live · 25 fps').waitFor();
    await page.goto(`${page.base}/?still&state=finished`);
    await page.getByText('Ended', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Play again' }).click();
    await page.getByText('Live · 25 fps').waitFor();
  },
  'T turns the picture and M mirrors it, and the part stays on what it shows': async (page) => {
    await page.goto(`${page.base}/?still&state=part`);
    const part = page.locator('.part');
    const place = () => part.evaluate(({ style }) => [style.left, style.top, style.width, style.height]);
    assert.deepEqual(await place(), ['50%', '36%', '44%', '52%']);
    await page.keyboard.press('t');
    await page.waitForFunction(() => document.querySelector('.picture canvas').height > document.querySelector('.picture canvas').width);
    assert.deepEqual(await place(), ['12%', '50%', '52%', '44%']);
    await page.keyboard.press('m');
    await page.waitForFunction(() => document.querySelector('.part').style.left === '36%');
    await page.getByRole('button', { name: 'Picture', exact: true }).click();
    assert.equal(await check(page, /^Mirror/).getAttribute('aria-checked'), 'true');
    await page.keyboard.press('Escape');
  },
  'a part is drawn, changed by keyboard, and taken away': async (page) => {
    await page.goto(`${page.base}/?still&state=live`);
    await page.getByRole('button', { name: 'Picture', exact: true }).click();
    await page.getByRole('menuitem', { name: /^Ask about a part/ }).click();
    await page.locator('.cropper:focus').waitFor();
    await draw(page, [0.25, 0.25], [0.75, 0.8]);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Enter');
    const part = page.locator('.part');
    await part.waitFor();
    const [left, top, width, height] = await part.evaluate(({ style }) => [style.left, style.top, style.width, style.height].map(Number.parseFloat));
    for (const [is, wanted] of [[left, 26], [top, 25], [width, 50], [height, 56]]) assert.ok(Math.abs(is - wanted) < 0.6, `${is} instead of ${wanted}`);
    await page.getByRole('button', { name: 'Picture', exact: true }).and(page.locator(':focus')).waitFor();
    await page.getByRole('button', { name: 'asked about this part' }).click();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Escape');
    assert.equal(await part.evaluate(({ style }) => Number.parseFloat(style.left)), left);
    await page.getByRole('button', { name: 'Ask about all of it' }).click();
    await part.waitFor({ state: 'detached' });
  },
  'what was found is framed while it is the newest, and B takes the frames away': async (page) => {
    await page.goto(`${page.base}/?still&state=boxes`);
    const frames = page.locator('.stage .box');
    await frames.first().waitFor();
    assert.equal(await frames.count(), 4);
    await page.keyboard.press('t');
    await frames.first().waitFor({ state: 'detached' });
    await page.goto(`${page.base}/?still&state=boxes`);
    await frames.first().waitFor();
    await page.keyboard.press('b');
    await frames.first().waitFor({ state: 'detached' });
  },
  'the picture is kept, and shown where it lies': async (page) => {
    await page.goto(`${page.base}/?still&state=live`);
    await page.getByRole('button', { name: 'Save the picture' }).click();
    await page.getByText('Saved as 2026-11-22_14-03-24.jpg.').waitFor();
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    assert.match(await page.evaluate(() => document.body.dataset.revealed), /Pictures.Sightline.2026-11-22_14-03-24\.jpg/);
  },
};
