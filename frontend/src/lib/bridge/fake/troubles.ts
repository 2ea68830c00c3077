import type { LineError, Row, Snapshot, Source } from '../types';
import { builtin, choices, source } from './data';
import { found } from './found';

const network: Source = { ...source, uri: 'rtsp://porch.lan/stream1', name: 'porch.lan', kind: 'rtsp', width: 1920, height: 1080, fps: 25 };
const film: Source = { ...source, uri: 'file:/home/ada/Videos/door.mp4', name: 'door.mp4', kind: 'file', fps: 25 };

const faults: Readonly<Record<string, [from: Source, fault: LineError]>> = {
  stalled: [
    source,
    {
      code: 'camera.stalled',
      message: 'The camera Logitech C920 sends no pictures.',
      hint: 'Check its shutter and cable, or unplug it and plug it in again; Sightline tries again by itself.',
    },
  ],
  busy: [
    source,
    { code: 'camera.busy', message: 'The camera Logitech C920 is in use by cheese (process 4711).', hint: 'Close that one: Sightline then goes on by itself.' },
  ],
  denied: [
    source,
    {
      code: 'camera.denied',
      message: 'You are not allowed to use the camera Logitech C920.',
      hint: 'Run: sudo usermod -aG video $USER, then log out and in again.',
    },
  ],
  login: [
    network,
    { code: 'source.login', message: 'porch.lan wants a user name and password.', hint: 'Save them with: sightline-cli login rtsp://porch.lan.' },
  ],
  certificate: [
    { ...network, uri: 'rtsps://porch.lan/stream1' },
    {
      code: 'source.certificate',
      message: 'The certificate of porch.lan proves nothing: nobody who is trusted here vouches for it.',
      hint: `If it is your camera's, take it by adding #certificate=${'3fa85f64'.repeat(8)} to the address; #certificate=any takes whatever is shown, by whomever.`,
    },
  ],
  ffmpeg: [
    network,
    {
      code: 'ffmpeg.missing',
      message: 'To show this camera Sightline needs ffmpeg, and there is none on this computer.',
      hint: 'Install it with: sudo apt install ffmpeg.',
    },
  ],
  finished: [film, { code: 'source.finished', message: 'The video has come to its end.' }],
};

const part = { x: 0.5, y: 0.36, w: 0.44, h: 0.52 };

/** What is changed of a session whose source is lost in some way, or whose picture is seen in some way. */
export function troubled(state: string, base: Snapshot): Partial<Snapshot> {
  const trouble = faults[state];
  if (trouble) {
    const [from, fault] = trouble;
    return { source: { ...from, state: 'lost', fps: 0, fault }, window: { ...choices, source: from.uri } };
  }
  switch (state) {
    case 'network':
      return { source: network, window: { ...choices, source: network.uri } };
    case 'boxes':
      return seen(base, { boxes: true });
    case 'part':
      return seen(base, { boxes: true, crop: part });
    case 'turned':
      return { window: { ...choices, rotate: 90, mirror: true, crop: { x: 0.2, y: 0.3, w: 0.6, h: 0.3 } } };
    default:
      return {};
  }
}

/** How the pictures that were asked about are seen. */
export const lookOf = (state: string) => ({ rotate: 0, mirror: false, ...(state === 'part' ? { part } : {}) });

function seen(base: Snapshot, view: { boxes: boolean; crop?: typeof part }): Partial<Snapshot> {
  const window = { ...choices, backend: builtin.id, model: '', ...view };
  const row = (one: Row): Row => ({ ...one, boxes: found(window), text: view.crop ? 'A cup and a potted plant; mostly brown.' : saying, ...(view.crop ? { part: view.crop } : {}) });
  return { backend: builtin, window, rows: (base.rows ?? []).map(row) };
}

const saying = 'A cup, a potted plant and a book; the text NOTES; mostly brown.';
