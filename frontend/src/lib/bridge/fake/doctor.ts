import type { Check, Profile, Report, SavedBackend } from '../types';
import type { Play } from './play';

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const vision = { sees: 'yes', streams: true, json: true, firstTokenMs: 214, tokensPerS: 40.3 } as const;
const blind = { sees: 'no', streams: true } as const;

/** Examines a backend: the one outside this network does not see, the one at port 9999 is not there, all others are well. */
export async function examine(play: Play, id: string, model: string, slow: boolean): Promise<Report> {
  const saved = play.snapshot.settings.backends?.find((backend) => backend.id === id);
  const wanted = model || 'qwen2.5-vl-7b';
  const checks = saved ? [...wayTo(saved, wanted), ...answers(saved)] : [];
  for (const [i, check] of checks.entries()) {
    if (slow && i === 5) await new Promise(() => undefined);
    await wait(60);
    play.tell({ kind: 'check', check: { backend: id, ...check } });
  }
  if (saved && answers(saved).length > 0) learn(play, id, wanted, isBlind(saved) ? blind : vision);
  return { ok: checks.every((check) => check.ok), checks };
}

const isBlind = (saved: SavedBackend) => saved.url.includes('example.com');
const isDead = (url: string) => url.includes(':9999');

function wayTo({ url, replicas = [] }: SavedBackend, model: string): Check[] {
  return [url, ...replicas].flatMap((address) => {
    const { host, protocol } = new URL(address);
    const port = host.includes(':') ? host : `${host}:${protocol === 'https:' ? 443 : 80}`;
    const suffix = replicas.length > 0 ? ` ${port}` : '';
    const name = { name: `name${suffix}`, ok: true, ms: 1.2, found: '192.168.1.20' };
    if (isDead(address)) return [name, { ...refused, name: `connection${suffix}` }];
    const tls = { name: `TLS${suffix}`, ok: true, ms: 31, found: 'TLS 1.3, certificate valid until 2027-03-01' };
    return [
      name,
      { name: `connection${suffix}`, ok: true, ms: 0.8, found: '192.168.1.20:8000' },
      ...(protocol === 'https:' ? [tls] : []),
      { name: `key${suffix}`, ok: true, ms: 12.4, found: protocol === 'https:' ? 'accepted' : 'none needed so far' },
      { name: `model${suffix}`, ok: true, ms: 0.1, found: model },
    ];
  });
}

const refused: Check = {
  ...{ name: '', ok: false, ms: 2.1 },
  error: { code: 'backend.refused', message: 'Nothing is listening at localhost:9999.', hint: 'Start the server, or check the port.' },
};

function answers(saved: SavedBackend): Check[] {
  if ([saved.url, ...(saved.replicas ?? [])].every(isDead)) return [];
  const blindness: Check = {
    ...{ name: 'picture', ok: false, ms: 320 },
    error: { code: 'backend.no_vision', message: 'The model takes no pictures.', hint: 'Choose one that does: its name often says vl or vision.' },
  };
  return [
    isBlind(saved) ? blindness : { name: 'picture', ok: true, ms: 840, found: 'it sees: a red square and a blue one' },
    { name: 'streaming', ok: true, ms: 1610, found: 'word by word, in 61 pieces' },
    { name: 'JSON answers', ok: true, ms: 702, found: isBlind(saved) ? 'not reliable' : 'reliable' },
    { name: 'speed', ok: true, ms: 0.1, found: 'first token after 214 ms, 40 tokens/s' },
  ];
}

function learn(play: Play, id: string, model: string, profile: Profile): void {
  const { settings } = play.snapshot;
  const backends = (settings.backends ?? []).map((b) => (b.id === id ? { ...b, profiles: { ...b.profiles, [model]: profile } } : b));
  play.snapshot = { ...play.snapshot, settings: { ...settings, backends } };
  play.tell({ kind: 'settings', settings: play.snapshot.settings });
}
