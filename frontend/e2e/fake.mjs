// Walks through the screens with the fake program in Chromium: no axe violation, no error, no overflow, and a picture of each to look at.
// Without more it leaves out the rare ones. With --all it visits every screen in both themes, and those that change with the window's size in every size; with a word, those whose name
// holds it.
import { mkdir } from 'node:fs/promises';
import axe from 'axe-core';
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';
import { film } from './film.mjs';
import { lit, scenes, sized, sizes, small } from './scenes.mjs';
import { journey } from './journey.mjs';
import { chromium as options } from './rig.mjs';

const out = new URL('../test-results/', import.meta.url).pathname;
const all = process.argv.includes('--all');
const only = process.argv.slice(2).find((word) => !word.startsWith('-'));
const problems = [];

async function visit(context, base, scene, theme, [width, height], rules) {
  const name = `${scene.name}-${theme}-${width}`;
  const page = await context.newPage();
  const errors = [];
  const hear = (message) => message.type() === 'error' && errors.push(message.text());
  const fall = (error) => errors.push(String(error));
  page.on('console', hear);
  page.on('pageerror', fall);
  try {
    await page.setViewportSize({ width, height });
    if (scene.minute) await page.addInitScript(hurry);
    await page.goto(`${base}/?still&${scene.query}&theme=${theme}`);
    await page.locator('.window').waitFor();
    await page.waitForFunction((t) => document.documentElement.dataset.theme === t || location.search.includes('loading'), theme);
    if (!/loading|opening|state=off/.test(scene.query)) await page.waitForFunction(() => performance.getEntriesByName('sightline:first-draw').length);
    await scene.act?.(page);
    if (scene.until) await page.locator(scene.until).first().waitFor();
    await page.waitForTimeout(scene.minute ? 2500 : 350);
    await page.screenshot({ path: `${out}${name}.png` });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight);
    if (wide) errors.push('overflows the window');
    if (rules) errors.push(...(await violations(page, rules)));
  } catch (error) {
    errors.push(String(error).split('\n').slice(0, 4).join(' '));
  } finally {
    await page.close();
  }
  for (const error of errors) console.error(`${name}: ${error}`);
  problems.push(...errors);
}

// A minute of gauges without waiting for it: their half seconds pass quickly.
const hurry = () => {
  const wait = globalThis.setTimeout;
  globalThis.setTimeout = (fn, ms, ...rest) => wait(fn, ms === 500 ? 5 : ms, ...rest);
};

// What axe is to look for.
const everything = {};
const contrast = { runOnly: ['color-contrast'] };

async function violations(page, rules) {
  await page.evaluate(axe.source);
  const { violations: found } = await page.evaluate((options) => globalThis.axe.run({ resultTypes: ['violations'], ...options }), rules);
  return found.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(' ')}: ${n.failureSummary?.replace(/\s+/g, ' ')}`));
}

await mkdir(out, { recursive: true });
const site = `${out}site`;
await build({ mode: 'fake', logLevel: 'error', build: { outDir: site, emptyOutDir: true } });
await film(site, 'desk');
const server = await preview({ logLevel: 'error', build: { outDir: site }, preview: { host: '127.0.0.1', port: 4180 } });
const base = server.resolvedUrls.local[0].replace(/\/$/, '');
const browser = await chromium.launch(options);
try {
  const context = await browser.newContext();
  context.setDefaultTimeout(20_000);
  const chosen = scenes.filter((scene) => (only ? scene.name.includes(only) : all || !scene.rare));
  const visits = [];
  for (const theme of ['dark', 'light']) {
    // Of the light theme only the colours differ.
    for (const scene of chosen.filter(({ name }) => theme === 'dark' || all || only || lit.includes(name))) visits.push([scene, theme, [1360, 860], theme === 'dark' ? everything : contrast]);
  }
  for (const size of all || only ? sizes : sizes.slice(0, 1)) {
    for (const scene of chosen.filter(({ name }) => (all || only ? sized : small).includes(name))) visits.push([scene, 'dark', size, size[0] < 760 ? everything : null]);
  }
  // Two at a time, beside the journey: each spends much of its time waiting for the page to settle.
  const walk = async () => {
    for (let next; (next = visits.shift()); ) await visit(context, base, ...next);
  };
  const go = async () => (!only || only === 'journey' ? journey(await context.newPage(), base) : []);
  const [met] = await Promise.all([go(), walk(), walk()]);
  problems.push(...met);
} finally {
  await browser.close();
  await server.close();
}
console.log(problems.length === 0 ? `all screens are well; pictures in ${out}` : `${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
