import type { Backend, Prompt, RecordingState, Row, Settings, Snapshot, Source, WindowChoices } from '../types';

export const presets: Prompt[] = [
  { id: 'scene', name: 'Describe the scene', text: 'Describe what you see in one sentence.' },
  { id: 'objects', name: 'Objects', text: 'List the main objects you see, most important first.' },
  { id: 'activity', name: 'Activity', text: 'What is happening here? Say who does what.' },
  { id: 'safety', name: 'Safety', text: 'Is anything here unsafe? Name the risk, or say that there is none.' },
  { id: 'emotion', name: 'Mood', text: 'What mood do the people here seem to be in?' },
  { id: 'access', name: 'Accessibility', text: 'Describe this for somebody who cannot see it: what is near, where, and what is in the way.' },
  { id: 'ocr', name: 'Read text', text: 'Write down all the text you can read.' },
  { id: 'yesno', name: 'Yes / no', text: 'Is there a person in the picture? Answer yes or no.' },
  { id: 'robot', name: 'Robot navigation', text: 'You steer a small robot. Is the way ahead free?' },
  {
    id: 'ros',
    name: 'Robot, ROS',
    text: 'Give the next move as JSON: {"linear": m/s, "angular": rad/s}.',
    system: 'You answer with JSON only.',
  },
];

export const own: Prompt[] = [{ id: 'p1', name: 'Is the mug full?', text: 'Is the mug full? Answer full, half or empty.' }];

export const texts = [
  'A red mug of coffee stands on a wooden table beside an open window; evening light falls across it.',
  'A red mug, a small plant and a closed notebook on a table, with hills behind the window.',
  'Steam rises from a **red mug** on a table; the sun is low over the hills outside.',
  'A quiet desk: a mug of coffee, a notebook and a plant in front of a window.',
];

export const source: Source = {
  uri: 'camera:Logitech C920',
  name: 'Logitech C920',
  kind: 'camera',
  state: 'live',
  width: 1280,
  height: 720,
  fps: 29.97,
  fault: null,
  chosen: true,
};

export const sample: Source = { ...source, uri: 'sample:', name: 'Sample pictures', kind: 'sample', fps: 30, chosen: false };

export const lab: Backend = {
  id: 'lab',
  name: 'Lab server',
  url: 'http://lab.local:8000/v1',
  model: 'qwen2.5-vl-7b',
  builtin: false,
  public: false,
  health: 'well',
  fault: null,
  replicas: [],
};

export const builtin: Backend = { ...lab, id: 'builtin:', name: 'Built-in', url: '', model: '', builtin: true };

export const cloud: Backend = {
  ...lab,
  id: 'cloud',
  name: 'Example Cloud',
  url: 'https://api.example.com/v1',
  model: 'vision-large',
  public: true,
};

export const settings: Settings = {
  version: 1,
  theme: 'auto',
  again: 'new',
  backends: [lab, cloud].map(({ id, name, url, model }) => ({ id, name, url, model })),
  prompts: own,
  times: {},
  private: [],
  recording: { folder: '', noVideo: false, noFrames: false, noAnswers: false, preRoll: 0, segmentMB: 0, limitGB: 0 },
  gauges: { perSecond: 0, minutes: 0 },
  metrics: { on: false, address: '' },
};

export const notRecording: RecordingState = {
  ...{ on: false, id: '', sinceMs: 0, bytes: 0, answers: 0 },
  ...{ missed: 0, lowDisk: false, preRollMs: 0, preRollBytes: 0 },
};

/** A backend as the session shows it. */
export function backendIn(common: Settings, id: string, model: string): Backend {
  const saved = common.backends?.find((one) => one.id === id);
  const known = [builtin, lab, cloud].find((one) => one.id === id);
  return { ...(known ?? { ...lab, ...saved, replicas: [] }), model };
}

export const choices: WindowChoices = {
  version: 1,
  id: 'main',
  source: source.uri,
  cameraOn: true,
  backend: 'lab',
  model: lab.model,
  prompt: presets[0]?.text ?? '',
  system: '',
  pace: '2s',
  asking: true,
  maxTokens: 256,
  imageEdge: 640,
  imageQuality: 80,
  rotate: 0,
  mirror: false,
  boxes: false,
  overlay: 'bottom',
};

export const snapshot: Snapshot = {
  n: 0,
  session: 'fake',
  version: '0.1.0',
  window: choices,
  settings,
  presets,
  source,
  backend: lab,
  others: [],
  asking: { on: true, inFlight: 0, waiting: false, retryAtMs: 0 },
  counts: { captured: 7720, sampled: 132, answered: 128, superseded: 3, unchanged: 0, failed: 1, cancelled: 0 },
  recording: notRecording,
  rows: [],
  notices: [],
  keyring: true,
  firstRun: false,
};

/** An answered row; the rest of it varies a little with its number. */
export function answered(seq: number, atMs: number, text: string, by: Backend, prompt: string, thumb: string): Row {
  const wobble = (seq * 37) % 50;
  const first = by.builtin ? 18 + wobble / 5 : 205 + wobble;
  return {
    session: 'fake',
    seq,
    frame: seq * 60,
    outcome: 'answered',
    captured: new Date(atMs).toISOString(),
    age_ms: 6 + wobble / 10,
    first_token_ms: first,
    total_ms: by.builtin ? first + 1 : first + 250 + wobble,
    backend: by.name,
    text,
    ...(by.builtin ? {} : { model: by.model, prompt_tokens: 301, completion_tokens: 24, tokens_per_s: 50 + (wobble % 5) }),
    image: { width: 640, height: 360, bytes: 41_233 },
    prompt,
    column: 0,
    atMs,
    pending: false,
    thumb,
    picture: thumb,
    raw: !by.builtin,
  };
}
