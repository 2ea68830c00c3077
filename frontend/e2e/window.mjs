// The real window on a virtual display: judged by the pixels a person would see, and by what is left when it is closed.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { playWithoutDecoder, recordAndPlay } from './recording.mjs';
import { Rig, pictures, until } from './rig.mjs';
import { height, ink, moved, share, shot, width } from './screen.mjs';

// Where things are in a window of this size, in pixels: x, y, width, height.
const stage = [60, 180, 840, 380];
const thumb = [979, 110, 92, 50];
const tabs = [970, 60, 300, 24];
const answer = [1086, 128, 250, 60];

const green = ([r, g, b]) => g > 90 && g > r + 40 && g > b + 40;

async function firstStart() {
  const rig = await Rig.open(`${width}x${height}`);
  try {
    await rig.windowManager();
    const program = rig.start('sightline');
    await until('answer beside its frame', async () => {
      const rgb = await shot(rig);
      return ink(rgb, answer) > 0.03 && ink(rgb, answer) < 0.5 && ink(rgb, thumb) > 0.2;
    });
    const before = await shot(rig);
    await until('movement in the picture', async () => moved(before, await shot(rig), stage) > 0.05);
    await rig.run('import', '-window', 'root', join(pictures, 'window-first.png'));
    await figures(rig);
    await close(rig, program);
    console.log('  the first start shows a moving picture and an answer, and closing it leaves no process');
  } finally {
    await rig.close();
  }
}

/** G puts the figures in the place of the answers, with a chart, and the picture stays where it is and goes on. */
async function figures(rig) {
  await rig.run('xdotool', 'key', 'g');
  await until('figures where the answers were', async () => {
    const rgb = await shot(rig);
    return ink(rgb, tabs) > 0.02 && ink(rgb, thumb) < 0.2;
  });
  const before = await shot(rig);
  await until('movement beside the figures', async () => moved(before, await shot(rig), stage) > 0.05);
  await rig.run('import', '-window', 'root', join(pictures, 'window-figures.png'));
  await rig.run('xdotool', 'key', 'g');
  await until('the answers again', async () => ink(await shot(rig), thumb) > 0.2);
}

/** A picture that is green all over must be green in the window, and green in the thumbnail of its answer. */
async function greenPicture() {
  const rig = await Rig.open(`${width}x${height}`);
  try {
    const windows = join(rig.home, 'config/sightline/windows');
    await mkdir(windows, { recursive: true });
    const state = { version: 1, id: 'main', source: 'pattern:?colour=20c040', cameraOn: true, backend: 'builtin:', asking: true, pace: '10s', overlay: 'off' };
    await writeFile(join(windows, 'main.json'), JSON.stringify(state));
    await rig.windowManager();
    const program = rig.start('sightline');
    await until('green picture and thumbnail', async () => {
      const rgb = await shot(rig);
      return share(rgb, stage, green) > 0.5 && share(rgb, thumb, green) > 0.5 && ink(rgb, answer) > 0.03;
    });
    await rig.run('import', '-window', 'root', join(pictures, 'window-green.png'));
    await close(rig, program);
    console.log('  the picture in the window is the picture of the source, and so is the one beside its answer');
  } finally {
    await rig.close();
  }
}

/** Closes the window as a person does, and waits for everything to be gone. */
async function close(rig, program) {
  await rig.run('wmctrl', '-c', 'Sightline');
  await until('end of the program', () => program.exitCode !== null || program.signalCode !== null, 15);
  assert.equal(program.exitCode, 0, 'exit status');
  const left = async () => (await rig.processes()).filter((line) => !line.includes('openbox'));
  await until('end of all it started', async () => (await left()).length === 0, 15).catch(async () => assert.deepEqual(await left(), []));
}

await mkdir(pictures, { recursive: true });
try {
  await firstStart();
  await greenPicture();
  await recordAndPlay(close);
  await playWithoutDecoder(close);
  console.log('the window is well');
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
