// A recording made and played in the real window: its video is judged by the pixels on the screen.
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Rig, pictures, until } from './rig.mjs';
import { height, ink, moved, near, share, shot, width } from './screen.mjs';

// Where things are in a window of this size, in pixels: x, y, width, height.
const stage = [60, 180, 840, 200];
const firstCard = ['140', '160'];
const middle = ['480', '300'];
const timeline = (part) => [String(Math.round(17 + 925 * part)), '770'];

const colour = [0x20, 0xc0, 0x40];
const asLive = near(colour, 8);

/** Records a test card of one colour, which shows a wrong range or matrix at once. One answer: what moves afterwards is video. */
export async function recordAndPlay(close) {
  const rig = await Rig.open(`${width}x${height}`);
  try {
    const windows = join(rig.home, 'config/sightline/windows');
    await mkdir(windows, { recursive: true });
    const state = { version: 1, id: 'main', source: 'pattern:?colour=20c040', cameraOn: true, backend: 'builtin:', asking: true, pace: '1h', overlay: 'off' };
    await writeFile(join(windows, 'main.json'), JSON.stringify(state));
    await rig.windowManager();
    const program = rig.start('sightline');
    const key = (name) => rig.run('xdotool', 'key', name);
    const click = (place) => rig.run('xdotool', 'mousemove', ...place, 'click', '1');
    const whole = join(rig.home, 'Videos/Sightline');
    await until('green picture', async () => share(await shot(rig), stage, asLive) > 0.5);
    await click(middle);
    await key('r');
    const dir = await until('recording', async () => (await readdir(whole).catch(() => []))[0]);
    const video = join(whole, dir, 'video.mp4');
    await until('six seconds of video', async () => (await secondsOf(video)) > 6, 40);
    await key('r');
    await until('end of the recording', async () => (await readFile(join(whole, dir, 'recording.json'), 'utf8')).includes('"complete"'));
    console.log('  R records, and R again closes the recording');

    await key('l');
    await until('library', async () => share(await shot(rig), [20, 100, 240, 60], asLive) > 0.5);
    await rig.run('import', '-window', 'root', join(pictures, 'window-library.png'));
    await click(firstCard);
    await until('the first picture of the video', async () => share(await shot(rig), stage, asLive) > 0.5);
    await key('space');
    const before = await shot(rig);
    await until('movement in the video', async () => moved(before, await shot(rig), stage) > 0.01);
    await rig.run('import', '-window', 'root', join(pictures, 'window-playing.png'));
    await key('space');
    await until('a video that stands still', async () => {
      const one = await shot(rig);
      await new Promise((done) => setTimeout(done, 300));
      return moved(one, await shot(rig), stage) === 0;
    });
    const here = await shot(rig);
    await click(timeline(0.9));
    await until('another place of the video', async () => moved(here, await shot(rig), stage) > 0.01);
    const there = await shot(rig);
    await click(timeline(0.2));
    await until('an earlier place of the video', async () => moved(there, await shot(rig), stage) > 0.01 && share(await shot(rig), stage, asLive) > 0.5);
    console.log('  the video plays in the window in its own colours, stands still, and goes to where the timeline is clicked');
    await close(rig, program);
  } finally {
    await rig.close();
  }
}

/** Where nothing here decodes H.264, the stored pictures stand in, and the missing package is named under them. */
export async function playWithoutDecoder(close) {
  const rig = await Rig.open(`${width}x${height}`);
  try {
    await rig.windowManager();
    await rig.run('build/bin/sightline-cli', 'watch', '--source', 'pattern:?colour=20c040', '--every', '1h', '--for', '3s', '--record', join(rig.home, 'Videos/Sightline'));
    const hidden = ['avdec_h264', 'openh264dec', 'vah264dec', 'vaapih264dec', 'v4l2slh264dec', 'nvh264dec'].map((name) => `${name}:NONE`).join(',');
    const program = rig.start('sightline', { GST_PLUGIN_FEATURE_RANK: hidden });
    await until('window', async () => (await rig.windows()).length > 0);
    await until('library', async () => {
      await rig.run('xdotool', 'mousemove', ...middle, 'click', '1', 'key', 'l');
      return share(await shot(rig), [20, 100, 240, 60], asLive) > 0.5;
    });
    await rig.run('xdotool', 'mousemove', ...firstCard, 'click', '1');
    await until('stored picture, and what is missing', async () => {
      const rgb = await shot(rig);
      return share(rgb, stage, asLive) > 0.5 && ink(rgb, [17, 716, 680, 22]) > 0.04;
    });
    await rig.run('import', '-window', 'root', join(pictures, 'window-no-decoder.png'));
    console.log('  without a decoder the stored pictures are shown, and the missing package is named');
    await close(rig, program);
  } finally {
    await rig.close();
  }
}

async function secondsOf(video) {
  const said = await promisify(execFile)('ffprobe', ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', video]).catch(() => ({ stdout: '0' }));
  return Number(said.stdout);
}
