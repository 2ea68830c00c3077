// How old a picture is when the page draws it: the real program on a camera of 720p JPEGs at 30 a second, its page in Chromium. The program tells a picture's age as
// it hands it over (the time on the loopback, well below a millisecond, is left out); what comes after that the page's own clock tells.
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { Rig, chromium as options, until } from './rig.mjs';

const drawings = 600; // twenty seconds of them

/** Runs in the page before anything else: notes the age of each picture that is drawn. */
function note() {
  globalThis.ages = [];
  let fetched;
  const { fetch } = globalThis;
  globalThis.fetch = async (...args) => {
    const response = await fetch(...args);
    const age = Number.parseFloat(response.headers.get('X-Sightline-Age-Ms') ?? '');
    if (age >= 0) fetched = { age, at: performance.now() };
    return response;
  };
  const { drawImage } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.drawImage = function (...args) {
    drawImage.apply(this, args);
    if (fetched && this.canvas.isConnected) globalThis.ages.push(fetched.age + performance.now() - fetched.at);
    fetched = undefined;
  };
}

const rig = await Rig.open();
const browser = await chromium.launch(options);
try {
  const film = join(rig.home, 'film');
  await rig.run('mkdir', film);
  await rig.run('ffmpeg', '-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=1280x720:rate=30', '-frames:v', '90', '-q:v', '4', join(film, '%04d.jpg'));
  const devserver = `127.0.0.1:${await rig.freePort()}`;
  rig.start('sightline-dev', { assetdir: 'frontend/dist', devserver }, '--source', `images:${film}?fps=30`);
  const page = await (await browser.newContext({ viewport: { width: 1360, height: 860 } })).newPage();
  await page.addInitScript(note);
  await until('page', () => page.goto(`http://${devserver}`).catch(() => null));
  await until('pictures', () => page.evaluate((n) => globalThis.ages.length >= n, drawings + 60), 90);
  const ages = (await page.evaluate(() => globalThis.ages)).slice(-drawings).sort((a, b) => a - b);
  const at = (part) => ages[Math.floor(part * ages.length)].toFixed(1);
  console.log(`capture to drawn in the page, ${ages.length} pictures: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`);
} finally {
  await browser.close();
  await rig.close();
}
