import type { Bridge } from '../bridge';
import { Fault } from '../fault';
import type { BackendInfo, Choices, Settings, WindowChoices } from '../types';
import { about } from './about';
import { backendIn } from './data';
import { examine } from './doctor';
import { figures } from './figures';
import { gauges, rawExchange } from './machine';
import { metrics } from './metrics';
import { Play } from './play';
import { recorder } from './recorder';
import { recordings } from './recordings';
import { pictureAt } from './scene';
import { sourceOf, viewOf } from './chosen';
import { logins, pictureKeeper, sources } from './sources';
import { stateOf, wishOf, type Wish } from './states';
import { lookOf } from './troubles';
import { hearElsewhere, windows } from './windows';

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const never = () => new Promise<never>(() => undefined);

/** A program that is not there: it plays the state that the address asks for. Only in development and tests. */
export async function fakeBridge(query: URLSearchParams): Promise<Bridge> {
  const wish = wishOf(query);
  const thumb = URL.createObjectURL(await pictureAt(4, 960, lookOf(wish.state)));
  const play = new Play(stateOf(wish, thumb, Date.now()));
  if (!wish.still) void play.run();
  hearElsewhere(play);
  return {
    ...{ ...session(play, wish), ...errands(), ...library(play), ...recorder(play), ...recordings(query), ...examination(play, wish) },
    ...{ ...figures(query, play), ...metrics(play), ...windows(), ...about(play, query) },
    ...{ ...sources(play, wish), ...logins(play), ...pictureKeeper() },
  };
}

type Half<K extends keyof Bridge> = Pick<Bridge, K>;

function session(
  play: Play,
  wish: Wish,
): Half<'snapshot' | 'onEvents' | 'choose' | 'start' | 'stop' | 'askNow' | 'setShown' | 'nextFrame' | 'stats' | 'exchange'> {
  const asking = (on: boolean) => {
    play.snapshot = { ...play.snapshot, asking: { on, inFlight: 0, waiting: false, retryAtMs: 0 } };
    play.tell({ kind: 'asking', asking: play.snapshot.asking });
    return Promise.resolve();
  };
  return {
    snapshot: () => (wish.state === 'loading' ? never() : Promise.resolve(play.snapshot)),
    onEvents: (fn) => play.listen(fn),
    choose: async (choices) => {
      await wait(40);
      return choose(play, choices);
    },
    start: () => asking(true),
    stop: () => asking(false),
    askNow: () => play.ask(),
    setShown: () => Promise.resolve(),
    nextFrame: (after, edge, signal) => frame(play, wish, after, edge, signal),
    stats: (details) => Promise.resolve(gauges(wish.gpus, details, 1000 / (play.snapshot.settings.gauges.perSecond || 2))),
    exchange: (seq) => Promise.resolve(rawExchange(seq)),
  };
}

async function frame(play: Play, wish: Wish, after: string, edge: number, signal: AbortSignal) {
  const state = play.snapshot.source.state;
  const { rotate, mirror } = play.snapshot.window;
  const turn = `${rotate}${mirror ? 'm' : ''}`;
  const first = !after.endsWith(`-${turn}-${edge}`);
  if (wish.state === 'loading' || state === 'off' || state === 'opening' || (!first && (wish.still || state === 'lost'))) {
    const look = play.snapshot.window;
    for (let i = 0; i < 20 && play.snapshot.window === look && play.snapshot.source.state === state; i++) await wait(100);
    return null;
  }
  await wait(first ? 0 : 40);
  signal.throwIfAborted();
  const seconds = wish.still ? 4 : performance.now() / 1000;
  return { number: `${Math.round(seconds * 1000)}-${turn}-${edge}`, picture: await pictureAt(seconds, edge, play.snapshot.window) };
}

function choose(play: Play, choices: Choices): WindowChoices {
  const window = viewOf(play.snapshot.window, choices);
  play.snapshot = { ...play.snapshot, window };
  const backendOf = (id: string, model: string) => backendIn(play.snapshot.settings, id, model);
  if (choices.backend !== undefined || choices.model !== undefined) {
    play.snapshot = { ...play.snapshot, backend: backendOf(window.backend, window.model) };
    play.tell({ kind: 'backend', backend: play.snapshot.backend });
  }
  if (choices.compare !== undefined) {
    const others = choices.compare.map((column) => backendOf(column.backend, column.model));
    play.snapshot = { ...play.snapshot, others };
    play.tell({ kind: 'others', ...(others.length > 0 ? { others } : {}) });
  }
  if (choices.source !== undefined || choices.cameraOn !== undefined) {
    play.snapshot = { ...play.snapshot, source: sourceOf(window) };
    play.tell({ kind: 'source', source: play.snapshot.source });
  }
  return window;
}

function errands(): Half<'findServers' | 'inspectBackend' | 'openLink' | 'copy' | 'setFullscreen' | 'drawn'> {
  return {
    findServers: async () => {
      await wait(150);
      return [{ name: 'Ollama', url: 'http://localhost:11434/v1', models: ['llava:7b', 'qwen2.5vl:3b'] }];
    },
    inspectBackend: inspect,
    openLink: (url) => {
      document.body.dataset['opened'] = url;
      return Promise.resolve();
    },
    copy: (text) => navigator.clipboard.writeText(text),
    setFullscreen: () => Promise.resolve(),
    drawn: () => Promise.resolve(),
  };
}

function examination(play: Play, wish: Wish): Half<'examineBackend' | 'pickCertificate'> {
  return {
    examineBackend: (id, model) => examine(play, id, model, wish.slow),
    pickCertificate: () => Promise.resolve('/home/ada/lab-ca.pem'),
  };
}

async function inspect(url: string, key: string): Promise<BackendInfo> {
  await wait(200);
  if (url.includes(':9999')) throw new Fault('backend.refused', 'Nothing is listening at localhost:9999.', 'Start the server, or check the port.');
  const outside = url.includes('example.com');
  const models = outside ? ['vision-large', 'vision-small'] : ['qwen2.5-vl-7b', 'qwen2.5-vl-3b', 'llava-1.6-13b', 'minicpm-v-2.6'];
  return { url, models, public: outside, hasKey: outside && key === '' };
}

function library(
  play: Play,
): Half<'saveBackend' | 'deleteBackend' | 'savePrompt' | 'deletePrompt' | 'setTheme' | 'setTimes' | 'setAgain' | 'setPrivate'> {
  const change = (some: Partial<Settings>) => {
    play.snapshot = { ...play.snapshot, settings: { ...play.snapshot.settings, ...some } };
    play.tell({ kind: 'settings', settings: play.snapshot.settings });
    return Promise.resolve();
  };
  const backends = () => play.snapshot.settings.backends ?? [];
  const prompts = () => play.snapshot.settings.prompts ?? [];
  return {
    saveBackend: async ({ key: _key, forgetKey: _forget, ...form }) => {
      const { id } = form;
      const saved = { ...form, id: id || `b${Date.now()}`, name: form.name || form.url };
      await change({ backends: [...backends().filter((b) => b.id !== id), saved] });
      return saved;
    },
    deleteBackend: (id) => change({ backends: backends().filter((b) => b.id !== id) }),
    savePrompt: async (prompt) => {
      const saved = { ...prompt, id: prompt.id || `p${Date.now()}` };
      await change({ prompts: [...prompts().filter((p) => p.id !== prompt.id), saved] });
      return saved;
    },
    deletePrompt: (id) => change({ prompts: prompts().filter((p) => p.id !== id) }),
    setTheme: (theme) => change({ theme }),
    setTimes: (times) => change({ times }),
    setAgain: (again) => change({ again }),
    setPrivate: (uri, on) => {
      const others = (play.snapshot.settings.private ?? []).filter((other) => other !== uri);
      return change({ private: on ? [...others, uri] : others });
    },
  };
}
