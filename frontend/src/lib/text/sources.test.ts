import { describe, expect, it } from 'vitest';
import { bySize, cameraAddressError, detailOf, deviceOf, groupOf, mayBeSame, renewed, roundRate, sourceName, takenApart, withCertificate } from './sources';

const camera = (name: string, id: string, detail?: string) => {
  const uri = `camera:${name}?id=${id}`;
  const modes = [{ uri: `${uri}&size=1280x720`, width: 1280, height: 720, fps: 30 }];
  return { uri, name, kind: 'camera', modes, ...(detail ? { detail } : {}) };
};
const left = camera('USB Camera', 'usb-1', 'USB port 1');
const right = camera('USB Camera', 'usb-2', 'USB port 2');
const desk = camera('Logitech C920', 'usb-3', 'USB port 3');
const sample = { uri: 'sample:', name: 'Sample pictures', kind: 'sample' };

describe('the list of sources', () => {
  it('knows a camera by any of its modes, and two of one name apart', () => {
    const all = [left, right, desk];
    expect(deviceOf(all, right.uri)).toBe(right);
    expect(deviceOf(all, `${right.uri}&size=1280x720`)).toBe(right);
    expect(deviceOf(all, 'camera:USB Camera?fps=15&id=usb-2')).toBe(right);
    expect(deviceOf(all, 'camera:Somebody else?id=usb-2')).toBeUndefined();
    expect(deviceOf([sample], 'rtsp://door.lan/?id=1')).toBeUndefined();
  });

  it('tells where a camera is only where that tells it apart', () => {
    const all = [left, right, desk];
    expect(all.map((one) => detailOf(one, all))).toEqual(['USB port 1', 'USB port 2', '']);
    const screen = { uri: 'screen:', name: 'Screen 1', kind: 'screen', detail: '1920×1080' };
    expect(detailOf(screen, [screen])).toBe('1920×1080');
  });

  it('keeps what is shown in its place when something comes or goes', () => {
    const first = renewed(null, [left, desk, sample, desk]);
    expect(first.known.map(({ uri }) => uri)).toEqual([left.uri, desk.uri, 'sample:']);
    const then = renewed(first, [right, desk, sample]);
    expect(then.known.map(({ uri, away }) => [uri, away])).toEqual([[left.uri, true], [desk.uri, false], ['sample:', false]]);
    expect(then.fresh.map(({ uri, away }) => [uri, away])).toEqual([[right.uri, false]]);
    const back = renewed(then, [sample, left]);
    expect(back.known.map(({ away }) => away)).toEqual([false, true, false]);
    expect(back.fresh.map(({ away }) => away)).toEqual([true]);
  });

  it('takes two modes of a camera for the same, and a camera without a name for any', () => {
    expect(mayBeSame(desk.uri, `${desk.uri}&size=640x480`)).toBe(true);
    expect(mayBeSame(desk.uri, 'camera:logitech c920')).toBe(true);
    expect(mayBeSame(desk.uri, 'camera:')).toBe(true);
    expect(mayBeSame('camera:/dev/video2', desk.uri)).toBe(true);
    expect(mayBeSame(desk.uri, left.uri)).toBe(false);
    expect(mayBeSame('rtsp://door.lan/?a=1', 'rtsp://door.lan/?a=2')).toBe(false);
    expect(mayBeSame('file:/a.mp4', 'images:/a.mp4')).toBe(false);
  });

  it('has the largest mode first, of these the fastest', () => {
    const modes = [
      { uri: 'a', width: 640, height: 480, fps: 30 },
      { uri: 'b', width: 1920, height: 1080, fps: 5 },
      { uri: 'c', width: 1920, height: 1080, fps: 30 },
      { uri: 'd', width: 1920, height: 1080 },
    ];
    expect(bySize(modes).map(({ uri }) => uri)).toEqual(['c', 'b', 'd', 'a']);
    expect([29.97, 7.5, 14.985].map(roundRate)).toEqual([30, 7.5, 15]);
  });

  it('has a heading for every kind', () => {
    expect(['camera', 'rtsps', 'http', 'screen', 'file', 'sample'].map(groupOf)).toEqual(['cameras', 'network', 'network', 'screens', 'pictures', 'pictures']);
  });

  it.each([
    ['camera:Logitech C920?id=usb-3', 'Logitech C920'],
    ['camera:Camera (Is it on?)', 'Camera (Is it on?)'],
    ['rtsp://door.lan:8554/stream1#transport=udp', 'door.lan:8554'],
    ['file:/home/ana/door.mp4?pace=max', 'door.mp4'],
    ['file:C:\\Videos\\door.mp4', 'door.mp4'],
  ])('calls %s %s', (uri, name) => expect(sourceName(uri)).toBe(name));
});

describe('the address of a network camera', () => {
  it.each([
    ['rtsp://ada:secret@door.lan/live', { url: 'rtsp://door.lan/live', user: 'ada', password: 'secret' }],
    [' rtsp://ada:p%40ss:w@door.lan:554/a?b=c@d ', { url: 'rtsp://door.lan:554/a?b=c@d', user: 'ada', password: 'p@ss:w' }],
    ['http://ada:p@ss@cam/', { url: 'http://cam/', user: 'ada', password: 'p@ss' }],
    ['https://ada@cam', { url: 'https://cam', user: 'ada', password: '' }],
    ['rtsp://100%@cam', { url: 'rtsp://cam', user: '100%', password: '' }],
    ['rtsp://door.lan/a@b', { url: 'rtsp://door.lan/a@b', user: '', password: '' }],
  ])('%s is taken apart', (typed, parts) => expect(takenApart(typed)).toEqual(parts));

  it('takes the certificate that was shown, beside what else it says', () => {
    const shown = 'ab12'.repeat(16);
    const hint = `If it is your camera's, take it by adding #certificate=${shown} to the address; #certificate=any takes whatever is shown.`;
    expect(withCertificate('rtsps://door/live', hint)).toBe(`rtsps://door/live#certificate=${shown}`);
    expect(withCertificate('rtsps://door/live#certificate=00&transport=udp', hint)).toBe(`rtsps://door/live#transport=udp&certificate=${shown}`);
    expect(withCertificate('rtsps://door/live', 'Add #certificate=any to the address to take any.')).toBe('');
  });

  it.each([
    ['', ''],
    ['rtsp://door.lan/live', ''],
    ['RTSPS://ada:secret@[fe80::1]:322/', ''],
    ['192.168.1.20/stream', 'scheme'],
    ['ftp://door.lan', 'scheme'],
    ['rtsp://', 'none'],
    ['rtsp:///live', 'none'],
    ['http://door lan/', 'none'],
  ])('%s: %s', (typed, error) => expect(cameraAddressError(typed)).toBe(error));
});
