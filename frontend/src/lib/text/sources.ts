/** Something that can be watched. */
interface Device {
  uri: string;
  name: string;
  kind: string;
  detail?: string;
  modes?: readonly Mode[];
}

interface Mode {
  uri: string;
  width: number;
  height: number;
  fps?: number;
}

const address = /^(rtsps?|https?):\/\//i;

/** Whether a URI is that of a network camera. */
export const isNetwork = (uri: string) => address.test(uri);

/** A source's name as well as its URI tells it: a camera's name, a server's, a file's or a folder's last part. */
export function sourceName(uri: string): string {
  if (isNetwork(uri)) return uri.replace(address, '').replace(/[/?#].*$/s, '') || uri;
  const [scheme = '', rest = ''] = uri.split(/:(.*)/s);
  const path = rest.replace(/\?[^?]*=.*$/s, '').replace(/[/\\]+$/, '');
  if (scheme === 'camera') return path || 'Camera';
  return ['images', 'file'].includes(scheme) && path !== '' ? (path.split(/[/\\]/).at(-1) ?? path) : uri;
}

// What a URI means, whatever mode it opens it in.
function keyOf(uri: string): string {
  const [, name = uri, options = ''] = /^(.*?)(?:\?([^?]*=.*))?$/s.exec(uri) ?? [];
  return `${name}?${new URLSearchParams(options).get('id') ?? ''}`;
}

/** The one of the devices that a URI opens, in whatever mode. */
export function deviceOf<D extends Device>(devices: readonly D[], uri: string): D | undefined {
  return (
    devices.find((device) => device.uri === uri || device.modes?.some((mode) => mode.uri === uri)) ??
    (isNetwork(uri) ? undefined : devices.find((device) => keyOf(device.uri) === keyOf(uri)))
  );
}

const vague = (scheme: string, name: string) => name === '' || (scheme === 'camera' && name.startsWith('/'));
const nameOf = (uri: string) => (isNetwork(uri) ? uri : uri.replace(/\?[^?]*=.*$/s, '')).split(/:(.*)/s);

/** Whether two URIs name the same. Options do not matter. */
export function sameNamed(a: string, b: string): boolean {
  const [[x = '', mine = ''], [y = '', other = '']] = [nameOf(a), nameOf(b)];
  return x === y && mine.toLowerCase() === other.toLowerCase();
}

/** Whether two URIs may open the same device, as the program has it: a camera without a name may be any. */
export function mayBeSame(a: string, b: string): boolean {
  const [[x = '', mine = ''], [y = '', other = '']] = [nameOf(a), nameOf(b)];
  return sameNamed(a, b) || (x === y && (vague(x, mine) || vague(y, other)));
}

/** The largest first, of these the fastest. */
export function bySize<M extends Mode>(modes: readonly M[]): M[] {
  return [...modes].sort((a, b) => b.width * b.height - a.width * a.height || (b.fps ?? 0) - (a.fps ?? 0));
}

/** A rate as a person says it: 30, 7.5. */
export const roundRate = (fps: number) => Math.round(fps * 10) / 10;

export const groups = ['cameras', 'network', 'screens', 'pictures'] as const;
export type Group = (typeof groups)[number];

/** Under which heading a kind of source is listed. */
export function groupOf(kind: string): Group {
  if (kind === 'camera') return 'cameras';
  if (/^(rtsps?|https?)$/.test(kind)) return 'network';
  return kind === 'screen' ? 'screens' : 'pictures';
}

/** Whether a kind of source is listed for as long as it is attached. */
export const comesAndGoes = (kind: string) => ['camera', 'screen'].includes(kind);

/** What is offered while the list is open. */
export interface Offered<D> {
  /** In the order in which it was first shown. */
  known: readonly Entry<D>[];
  /** What came since then. */
  fresh: readonly Entry<D>[];
}

export type Entry<D> = D & { away: boolean };

/** The list with what is there now: nothing that is shown changes its place, what has gone says so, and what is new stands apart. */
export function renewed<D extends Device>(before: Offered<D> | null, now: readonly D[]): Offered<D> {
  const devices = now.filter((device, i) => now.findIndex((other) => other.uri === device.uri) === i).map((device) => ({ ...device, away: false }));
  if (!before) return { known: devices, fresh: [] };
  const shown = [...before.known, ...before.fresh];
  const update = (entry: Entry<D>) => devices.find((device) => device.uri === entry.uri) ?? { ...entry, away: true };
  const added = devices.filter((device) => !shown.some((entry) => entry.uri === device.uri));
  return { known: before.known.map(update), fresh: [...before.fresh.map(update), ...added] };
}

/** Where one of several with the same name is. */
export function detailOf(device: Device, all: readonly Device[]): string {
  const alone = all.filter((other) => other.name === device.name && other.kind === device.kind).length < 2;
  return alone && device.kind === 'camera' ? '' : (device.detail ?? '');
}

/** An address with user and password taken out of it, as they were typed in it. */
export function takenApart(typed: string): { url: string; user: string; password: string } {
  const [, scheme = '', login = '', rest = ''] = /^(\s*[a-z]+:\/\/)([^/?#]*)@(.*)$/is.exec(typed) ?? [];
  if (scheme === '') return { url: typed.trim(), user: '', password: '' };
  const [user = '', password = ''] = login.split(/:(.*)/s);
  return { url: (scheme + rest).trim(), user: decoded(user), password: decoded(password) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The address that takes the certificate which a camera showed, as the program tells it; '' where it tells none. */
export function withCertificate(uri: string, hint: string): string {
  const [shown = ''] = /certificate=[0-9a-f]{64}\b/.exec(hint) ?? [];
  if (shown === '') return '';
  const [address = '', options = ''] = uri.split(/#(.*)/s);
  return `${address}#${[...options.split('&').filter((one) => one !== '' && !one.startsWith('certificate=')), shown].join('&')}`;
}

/** What is wrong with the typed address of a network camera: nothing, where none is typed yet. */
export function cameraAddressError(typed: string): '' | 'scheme' | 'none' {
  const { url } = takenApart(typed);
  if (url === '') return '';
  if (!isNetwork(url)) return 'scheme';
  return URL.canParse(url) && new URL(url).hostname !== '' && !/\s/.test(url) ? '' : 'none';
}
