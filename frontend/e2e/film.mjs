// A short recording's video for the fake program: two pieces of fragmented H.264 from the sample pictures, as the recorder writes it.
import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

const photos = new URL('../../backend/capture/sample/photos/', import.meta.url).pathname;

function ffmpeg(...args) {
  return new Promise((done, failed) => {
    const child = spawn('ffmpeg', ['-loglevel', 'error', '-y', ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', (error) => failed(new Error(`ffmpeg is needed for the film of the recordings: ${error.message}`)));
    child.on('close', (code) => (code === 0 ? done() : failed(new Error(`ffmpeg ended with ${code}`))));
  });
}

/** Puts the pieces of the recording called `id` where the fake's player looks for them. */
export async function film(site, id) {
  const folder = join(site, 'film', id);
  await mkdir(folder, { recursive: true });
  const shapes = 'scale=640:360:force_original_aspect_ratio=increase,crop=640:360,rotate=0.03*sin(t/2):c=black,crop=600:338,scale=640:360';
  for (const [i, photo] of ['coffee.jpg', 'chelsea.jpg'].entries()) {
    await ffmpeg(
      ...['-loop', '1', '-framerate', '10', '-t', '60', '-i', join(photos, photo), '-vf', shapes, '-pix_fmt', 'yuv420p'],
      ...['-c:v', 'libx264', '-profile:v', 'baseline', '-preset', 'ultrafast', '-crf', '32', '-g', '10', '-movflags', 'frag_keyframe+empty_moov+default_base_moof'],
      join(folder, `${i}.mp4`),
    );
  }
}
