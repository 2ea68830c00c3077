// Sources, and the picture as a person wants it: the screens to look at.
import { click, tab } from './acts.mjs';

const menu = async (page) => {
  await click(/^Source/)(page);
  await page.getByRole('menuitem', { name: 'Network camera…' }).waitFor();
  await page.getByText('Sample pictures').first().waitFor();
};
const camera = async (page) => {
  await menu(page);
  await click('Network camera…', 'menuitem')(page);
  await page.getByLabel('Address').waitFor();
};
export const pictureMenu = (page) => page.getByRole('button', { name: 'Picture', exact: true }).click();

/** Drags over the picture, from one place to another in fractions of it. */
export async function draw(page, from, to) {
  const box = await page.locator('.cropper').boundingBox();
  const at = ([x, y]) => [box.x + x * box.width, box.y + y * box.height];
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at([(from[0] + to[0]) / 2, to[1]]));
  await page.mouse.move(...at(to));
  await page.mouse.up();
}

export const sources = [
  { name: 'source-menu', query: 'state=cameras', act: menu, until: 'text=Screen 2' },
  {
    name: 'source-plugged',
    query: 'state=cameras',
    act: async (page) => {
      await menu(page);
      await page.getByText('Screen 2').waitFor();
      await page.waitForTimeout(600);
      await page.evaluate(() => ['plug', 'unplug'].forEach((what) => dispatchEvent(new Event(what))));
      await page.getByText('Just found').waitFor();
    },
    until: 'text=not attached',
    rare: true,
  },
  {
    name: 'source-modes',
    query: 'state=cameras',
    act: async (page) => {
      await menu(page);
      await click(/^Size and rate/, 'menuitem')(page);
    },
    until: 'text=1920×1080 · 5 fps',
  },
  { name: 'source-gone', query: 'state=lost', act: menu, until: 'text=not attached', rare: true },
  { name: 'source-network', query: 'state=network', act: menu, rare: true },
  { name: 'camera-new', query: 'state=live', act: camera },
  {
    name: 'camera-known',
    query: 'state=live',
    act: async (page) => {
      await camera(page);
      await page.getByLabel('Address').fill('rtsp://door.lan/h264');
      await page.getByLabel('User').focus();
    },
    until: 'text=Forget it',
    rare: true,
  },
  {
    name: 'camera-refused',
    query: 'state=live',
    act: async (page) => {
      await camera(page);
      await page.getByLabel('Address').fill('rtsp://ada:wrong@10.0.0.7/stream');
      await click('Watch')(page);
    },
    until: 'text=The keyring is locked.',
  },
  {
    name: 'camera-address',
    query: 'state=public',
    act: async (page) => {
      await camera(page);
      await page.getByLabel('Address').fill('10.0.0.7/stream');
      await click('Watch')(page);
    },
    until: 'input[aria-invalid=true]:focus',
    rare: true,
  },
  ...['stalled', 'busy', 'denied', 'login', 'certificate', 'ffmpeg', 'finished'].map((state) => ({
    name: `source-${state}`,
    query: `state=${state}`,
    until: '.note',
    rare: !['login', 'finished'].includes(state),
  })),
  { name: 'camera-login', query: 'state=login', act: click('Log in…'), until: 'input:focus', rare: true },
  { name: 'ffmpeg-chosen', query: 'state=live', act: async (page) => {
      await tab('General')(page);
      await click('Choose…')(page);
    },
    until: 'text=Reset',
    rare: true,
  },
  { name: 'picture-menu', query: 'state=part', act: pictureMenu, until: 'text=Ask about all of it' },
  { name: 'picture-boxes', query: 'state=boxes', until: '.stage .box' },
  { name: 'picture-part', query: 'state=part', until: '.part' },
  { name: 'picture-turned', query: 'state=turned', until: '.part', rare: true },
  { name: 'picture-boxed', query: 'state=boxes', act: click(/^Show the picture/), until: '[role=dialog] .box' },
  { name: 'picture-part-boxed', query: 'state=part', act: click(/^Show the picture/), until: '[role=dialog] .box', rare: true },
  {
    name: 'picture-crop',
    query: 'state=live',
    act: async (page) => {
      await page.keyboard.press('c');
      await draw(page, [0.5, 0.35], [0.95, 0.9]);
    },
    until: '.cropper .region',
  },
  { name: 'picture-crop-empty', query: 'state=live', act: (page) => page.keyboard.press('c'), until: '.cropper', rare: true },
  {
    name: 'picture-part-full',
    query: 'state=part',
    act: (page) => page.keyboard.press('f'),
    until: '.window.full .part',
    rare: true,
  },
  { name: 'picture-saved', query: 'state=live', act: (page) => page.keyboard.press('Control+s'), until: 'text=Saved as' },
];

export const litSources = ['source-menu'];
export const sizedSources = ['source-menu', 'source-denied', 'source-ffmpeg', 'picture-part', 'picture-boxes', 'picture-crop', 'picture-menu', 'camera-refused', 'picture-boxed'];
