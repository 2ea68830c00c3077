import assert from 'node:assert/strict';
import { click } from './acts.mjs';

// The figures in the place of the answers: what answers took, the GPUs, this computer, the server.
const open = async (page) => {
  await page.locator('.window').waitFor();
  await page.keyboard.press('g');
  await page.getByRole('complementary', { name: 'Figures' }).waitFor();
};
const tab = (name) => async (page) => {
  await open(page);
  await page.getByRole('tab', { name, exact: true }).click();
};
const press = (...names) => async (page) => {
  await open(page);
  for (const name of names) await click(name)(page);
};
const chart = (page, name) => page.getByRole('slider', { name });

const screens = [
  { name: 'figures', query: 'state=live', act: open, until: 'text=Energy an answer' },
  { name: 'figures-compared', query: 'state=compare4', act: open, until: 'text=Energy an answer' },
  { name: 'figures-two', query: 'state=compare2', act: open, until: 'text=Energy an answer' },
  { name: 'figures-none', query: 'state=empty&figures=none', act: open, until: 'text=Their figures are here' },
  { name: 'figures-loading', query: 'state=live&figures=loading', act: open, until: 'text=Looking…' },
  { name: 'figures-error', query: 'state=live&figures=error', act: open, until: 'text=The figures cannot be read.' },
  { name: 'figures-builtin', query: 'state=first', act: open, until: 'text=Capture → answer' },
  {
    name: 'figures-cold',
    query: 'state=live&figures=cold',
    act: async (page) => {
      await open(page);
      await page.getByRole('switch', { name: /^Leave out/ }).click();
    },
    until: 'text=All answers so far were warm-up answers.',
  },
  {
    name: 'figures-many',
    query: 'state=live&figures=many',
    act: async (page) => {
      await open(page);
      await page.getByRole('radio', { name: 'All' }).click();
      await page.getByRole('button', { name: 'Log', exact: true }).click();
    },
    until: 'text=Energy an answer',
  },
  {
    name: 'figures-hover',
    query: 'state=live',
    act: async (page) => {
      await open(page);
      await chart(page, 'Time of each answer').hover();
    },
    until: '.legend',
  },
  {
    name: 'figures-paused',
    query: 'state=live',
    act: async (page) => {
      await open(page);
      await chart(page, 'Time of each answer').focus();
      await page.keyboard.press('Space');
    },
    until: 'text=The chart stands still',
  },
  { name: 'figures-over', query: 'state=live', act: press('Start over…'), until: 'text=Count anew?' },
  { name: 'figures-gpu', query: 'state=live&gpu=1', act: tab('GPU'), until: 'text=Slowed down', minute: true },
  { name: 'figures-gpu-8', query: 'state=live&gpu=8', act: tab('GPU'), until: 'text=A100' },
  {
    name: 'figures-gpu-open',
    query: 'state=live&gpu=8',
    act: async (page) => {
      await tab('GPU')(page);
      await page.getByRole('button', { name: /GPU 3:/ }).click();
    },
    until: 'text=Slowed down',
    minute: true,
  },
  { name: 'figures-gpu-none', query: 'state=live&gpu=0', act: tab('GPU'), until: 'text=No GPU here.' },
  { name: 'figures-gpu-silent', query: 'state=live&gpu=silent', act: tab('GPU'), until: '.figures-body [role=alert]' },
  {
    name: 'figures-gpu-mig',
    query: 'state=live&gpu=mig',
    act: async (page) => {
      await tab('GPU')(page);
      await page.getByRole('button', { name: /GPU 0:/ }).click();
    },
    until: 'text=3g.20gb',
  },
  { name: 'figures-gpu-vgpu', query: 'state=live&gpu=vgpu', act: tab('GPU'), until: 'text=virtual machine' },
  { name: 'figures-machine', query: 'state=live', act: tab('This computer'), until: 'text=All of Sightline', minute: true },
  { name: 'figures-server', query: 'state=live', act: tab('Server'), until: 'text=Cache in use' },
  { name: 'figures-servers', query: 'state=live&load=many', act: tab('Server'), until: 'text=llama.cpp' },
  { name: 'figures-server-none', query: 'state=live&load=none', act: tab('Server'), until: 'text=tells nothing' },
];

/** Of these the picture changes with the window's size. */
export const sizedFigures = ['figures', 'figures-compared', 'figures-gpu', 'figures-gpu-8', 'figures-machine', 'figures-server'];
export const litFigures = ['figures'];

// Those that are visited each time; the others with --all, or by their name.
const often = ['figures', 'figures-gpu'];

export const figures = screens.map((scene) => ({ ...scene, rare: !often.includes(scene.name) }));

const panel = (page) => page.getByRole('complementary', { name: 'Figures' });
const pictureBox = (page) => page.locator('.picture canvas').boundingBox();

/** What a person does with the figures. */
export const figuresSteps = {
  'G shows the figures beside a picture that stays, Escape gives the answers back as they were': async (page) => {
    await page.goto(`${page.base}/?still&state=live&rows=30`);
    const list = page.getByRole('feed');
    await list.getByRole('article').nth(20).waitFor();
    await list.evaluate((box) => (box.scrollTop = 700));
    const before = await pictureBox(page);
    await open(page);
    assert.deepEqual(await pictureBox(page), before, 'the picture moved');
    assert.equal(await list.count(), 0, 'the answers can still be reached');
    await page.keyboard.press('Escape');
    await panel(page).waitFor({ state: 'detached' });
    assert.equal(await list.evaluate((box) => box.scrollTop), 700);
    await page.keyboard.press('g');
    await panel(page).waitFor();
    await page.keyboard.press('g');
    await panel(page).waitFor({ state: 'detached' });
  },
  'the chart stands still while counting goes on, and its keys read each answer': async (page) => {
    await page.goto(`${page.base}/?state=live`);
    await open(page);
    const slider = chart(page, 'Time of each answer');
    await slider.focus();
    await page.keyboard.press('Space');
    await page.getByText('The chart stands still').waitFor();
    await page.keyboard.press('ArrowLeft');
    const newest = await slider.getAttribute('aria-valuetext');
    assert.match(newest, /First word \d+\sms, Answer \d+\sms, Capture → answer/);
    await page.keyboard.press('ArrowLeft');
    assert.notEqual(await slider.getAttribute('aria-valuetext'), newest);
    await page.getByText(/1 more answer since/).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Stop asking' }).count(), 1, 'Space asked or stopped');
    await page.getByRole('button', { name: 'Let the chart go on' }).click();
    await page.getByText('The chart stands still').waitFor({ state: 'detached' });
  },
  'the figures are copied, exported and counted anew': async (page) => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('switch', { name: /^Leave out/ }).click();
    await page.getByRole('button', { name: 'Copy as table' }).click();
    await page.getByText('Copied.').waitFor();
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /\| Lab server \| .* \| First word, ms \|[^]*Warm-up answers are left out/);
    await page.getByRole('button', { name: 'Export CSV…' }).click();
    await page.getByText('The figures are exported.').waitFor();
    assert.equal(await page.evaluate(() => document.body.dataset.done), 'figures figures.csv warm');
    await page.getByRole('switch', { name: /^Leave out/ }).click();
    await page.getByRole('button', { name: 'Start over…' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Start over' }).click();
    await page.getByText(/^No answers yet\.$/).last().waitFor();
  },
  'a gauge opens its own figures': async (page) => {
    await page.goto(`${page.base}/?still&state=live`);
    await page.getByRole('contentinfo').getByRole('button', { name: /^CPU/ }).click();
    await page.getByRole('tab', { name: 'This computer', selected: true }).waitFor();
    await page.keyboard.press('Escape');
  },
};
