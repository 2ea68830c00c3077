// The window of a program that was installed, or unpacked somewhere, on a virtual display: does it come up, and is it what it was left as?
//
//   node e2e/installed.mjs first PROGRAM PICTURE               in a home where nobody has started it: a moving picture and an answer beside it
//   node e2e/installed.mjs green PROGRAM PICTURE HOME [ARGS]   in a home that stays: a green picture, and a green one beside its answer
import assert from 'node:assert/strict';
import { availableParallelism, loadavg } from 'node:os';
import { Rig, until } from './rig.mjs';
import { height, ink, moved, share, shot, width } from './screen.mjs';

// Where things are in a window of this size, in pixels: x, y, width, height.
const stage = [60, 180, 840, 380];
const thumb = [979, 110, 92, 50];
const answer = [1086, 128, 250, 60];
const spot = '64x64+440+340'; // within the stage

const green = ([r, g, b]) => g > 90 && g > r + 40 && g > b + 40;

/** Seconds from the start of the program to a picture on the screen, by looks that take a tenth of one each. */
async function firstDrawn(rig, began) {
  return until('picture', async () => {
    const rgb = await rig.run('import', '-window', 'root', '-crop', spot, '-depth', '8', 'rgb:-');
    const spread = Math.max(...rgb) - Math.min(...rgb);
    return spread > 40 && (Date.now() - began) / 1000;
  });
}

async function first(rig, program) {
  const began = Date.now();
  const child = rig.start(program);
  const seconds = (await firstDrawn(rig, began)).toFixed(1);
  console.log(`the first picture was on the screen ${seconds} s after the start (load ${loadavg()[0].toFixed(1)} on ${availableParallelism()} processors)`);
  await until('answer beside its frame', async () => {
    const rgb = await shot(rig);
    return ink(rgb, answer) > 0.03 && ink(rgb, answer) < 0.5 && ink(rgb, thumb) > 0.2;
  });
  const before = await shot(rig);
  await until('movement in the picture', async () => moved(before, await shot(rig), stage) > 0.05);
  return child;
}

async function greenAgain(rig, program, args) {
  const child = rig.start(program, {}, ...args);
  await until('green picture and thumbnail', async () => {
    const rgb = await shot(rig);
    return share(rgb, stage, green) > 0.5 && share(rgb, thumb, green) > 0.5 && ink(rgb, answer) > 0.03;
  });
  return child;
}

/** The menus' entry and the window find each other by this name. */
async function named(rig) {
  const list = (await rig.run('wmctrl', '-lx')).toString();
  assert.match(list, /\bsightline\.Sightline\b/, 'class of the window');
}

/** Closes the window as a person does, and waits for everything to be gone. */
async function close(rig, child) {
  await rig.run('wmctrl', '-c', 'Sightline');
  await until('end of the program', () => child.exitCode !== null || child.signalCode !== null, 15);
  assert.equal(child.exitCode, 0, 'exit status');
  await until('end of all it started', async () => (await rig.processes()).every((line) => line.includes('openbox')), 15);
}

const [story, program, picture, home, ...args] = process.argv.slice(2);
const rig = await Rig.open(`${width}x${height}`, home);
try {
  await rig.windowManager();
  const child = story === 'green' ? await greenAgain(rig, program, args) : await first(rig, program);
  await named(rig);
  await rig.run('import', '-window', 'root', picture);
  await close(rig, child);
} catch (error) {
  await rig.run('import', '-window', 'root', picture).catch(() => null);
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await rig.close();
}
