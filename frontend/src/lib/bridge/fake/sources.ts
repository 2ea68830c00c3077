import type { Bridge } from '../bridge';
import { Fault } from '../fault';
import type { Device, Mode } from '../types';
import { source } from './data';
import type { Play } from './play';
import type { Wish } from './states';

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const modesOf = (uri: string): Mode[] =>
  [
    { width: 1280, height: 720, fps: 30, format: 'MJPEG' },
    { width: 640, height: 480, fps: 30, format: 'YUYV' },
    { width: 1920, height: 1080, fps: 29.97, format: 'MJPEG' },
    { width: 1920, height: 1080, fps: 5, format: 'YUYV' },
    { width: 1280, height: 720, fps: 7.5, format: 'YUYV' },
    { width: 320, height: 240, fps: 30, format: 'YUYV' },
  ].map((mode) => ({ ...mode, uri: `${uri}&size=${mode.width}x${mode.height}&fps=${mode.fps}&format=${mode.format}` }));

const camera = (name: string, id: string, detail?: string): Device => {
  const uri = `camera:${name}?id=${id}`;
  return { uri, name, kind: 'camera', modes: modesOf(uri), ...(detail ? { detail } : {}) };
};

const twins = [camera('USB Camera', '1-2', 'USB port 1-2'), camera('USB Camera', '3-1', 'USB port 3-1')];
const plugged = camera('Logitech BRIO', 'brio');
const screens = [
  { uri: 'screen:', name: 'Screen 1', kind: 'screen', detail: '2560×1440, HDMI-1' },
  { uri: 'screen:2', name: 'Screen 2', kind: 'screen', detail: '1920×1080, DP-1' },
];
const pictures = [
  { uri: 'sample:', name: 'Sample pictures', kind: 'sample' },
  { uri: 'pattern:', name: 'Test pattern', kind: 'pattern' },
];

/** What is attached; a test plugs a camera in with the event "plug" and out with "unplug". */
class Bus {
  devices: Device[];

  constructor(state: string) {
    const own = { uri: source.uri, name: source.name, kind: 'camera', modes: modesOf(`${source.uri}?id=c920`) };
    const cameras = state === 'cameras' ? [own, ...twins] : state === 'first' || state === 'lost' ? [] : [own];
    this.devices = [...cameras, ...(state === 'cameras' ? screens : []), ...pictures];
    addEventListener('plug', () => (this.devices = [plugged, ...this.devices]));
    addEventListener('unplug', () => (this.devices = this.devices.filter(({ name }) => name !== twins[0]?.name)));
  }
}

/** What the page can do about sources; what went outside is told in the body's data, for tests. */
export function sources(play: Play, wish: Wish): Pick<Bridge, 'sources' | 'pickFolder' | 'pickVideo' | 'pickProgram' | 'setFfmpeg' | 'reopen'> {
  const bus = new Bus(wish.state);
  return {
    sources: async () => {
      await wait(150);
      return { devices: bus.devices, fault: null };
    },
    pickFolder: () => Promise.resolve(''),
    pickVideo: () => Promise.resolve('file:/home/ada/Videos/door.mp4'),
    pickProgram: () => Promise.resolve('/opt/ffmpeg/bin/ffmpeg'),
    setFfmpeg: (ffmpeg) => {
      play.snapshot = { ...play.snapshot, settings: { ...play.snapshot.settings, ffmpeg } };
      play.tell({ kind: 'settings', settings: play.snapshot.settings });
      return Promise.resolve();
    },
    reopen: () => Promise.resolve(reopen(play)),
  };
}

function reopen(play: Play): void {
  play.snapshot = { ...play.snapshot, source: { ...play.snapshot.source, state: 'live', fps: 25, fault: null } };
  play.tell({ kind: 'source', source: play.snapshot.source });
}

/** Logins of network cameras: that of "door" is saved, "wrong" is no password of any. */
export function logins(play: Play): Pick<Bridge, 'saveAddress' | 'hasLogin' | 'forgetCamera'> {
  const saved = new Set(['door.lan']);
  const host = (uri: string) => new URL(uri).hostname;
  return {
    saveAddress: async ({ url, password }) => {
      await wait(150);
      if (password === 'wrong') throw new Fault('keys.locked', 'The keyring is locked.', 'Unlock it, then try once more.');
      if (password !== '') saved.add(host(url));
      if (password !== '' && url === play.snapshot.source.uri) reopen(play);
      return { uri: url, name: host(url), persisted: true };
    },
    hasLogin: (uri) => Promise.resolve(saved.has(host(uri))),
    forgetCamera: (uri) => {
      saved.delete(host(uri));
      return Promise.resolve();
    },
  };
}

/** Keeps no pictures, and says it does. */
export function pictureKeeper(): Pick<Bridge, 'savePicture' | 'revealPicture'> {
  return {
    savePicture: () => Promise.resolve('/home/ada/Pictures/Sightline/2026-11-22_14-03-24.jpg'),
    revealPicture: (path) => {
      document.body.dataset['revealed'] = path;
      return Promise.resolve();
    },
  };
}
