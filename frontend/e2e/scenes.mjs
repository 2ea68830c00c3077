import { click } from './acts.mjs';
import { comparing } from './comparing.mjs';
import { figures, litFigures, sizedFigures } from './figures.mjs';
import { history, litHistory, sizedHistory, smallHistory } from './history.mjs';
import { settings } from './settings.mjs';
import { litSources, sizedSources, sources } from './sources.mjs';

// The screens to look at: what the address asks of the fake, and what is then clicked. All at 1360x860 unless said.
const states = ['first', 'live', 'streaming', 'lost', 'off', 'opening', 'failed', 'empty', 'loading', 'public', 'waiting', 'recording', 'replay'];

const all = [
  ...states.map((state) => ({ name: state, query: `state=${state}` })),
  ...comparing,
  { name: 'gauges', query: 'state=live&gpu=1&energy=shared', minute: true, until: 'button[aria-label^="VRAM 1"]' },
  { name: 'no-gpu', query: 'state=live&gpu=0' },
  { name: 'gpus-8', query: 'state=live&gpu=8&energy', minute: true, rare: true },
  { name: 'gpu-split', query: 'state=live&gpu=mig', minute: true, rare: true },
  { name: 'gpu-silent', query: 'state=live&gpu=silent', rare: true, until: 'button[aria-label^="GPU no answer"]' },
  { name: 'gpu-partly', query: 'state=live&gpu=part', minute: true, rare: true },
  { name: 'menu-source', query: 'state=live', act: click(/^Source/) },
  { name: 'menu-backend', query: 'state=live', act: click(/^Backend/), until: 'text=qwen2.5-vl-3b' },
  { name: 'menu-windows', query: 'state=live', act: click('Windows') },
  { name: 'menu-pace', query: 'state=live', act: click('Another pace') },
  {
    name: 'confirm-cost',
    query: 'state=public',
    act: (page) => page.getByRole('radio', { name: 'Back to back' }).click(),
    until: 'text=Ask without a pause?',
  },
  {
    name: 'pace-small',
    query: 'state=live',
    act: async (page) => {
      await page.setViewportSize({ width: 720, height: 520 });
      await click(/^Pace/)(page);
    },
  },
  { name: 'picture', query: 'state=live', act: click(/^Show the picture/) },
  {
    name: 'exchange',
    query: 'state=live',
    act: async (page) => {
      await page.getByRole('article').first().hover();
      await click('Request and response')(page);
    },
  },
  { name: 'fullscreen', query: 'state=live', act: (page) => page.keyboard.press('f'), until: '.window.full' },
  { name: 'keys', query: 'state=live', act: (page) => page.keyboard.press('?') },
  ...sources,
  ...settings,
  ...history,
  ...figures,
];

// Visited with --all, or by their name.
const seldom = [
  ...['no-gpu', 'menu-pace', 'fullscreen', 'settings-general', 'settings-about', 'backend-limits', 'backend-key-again'],
  ...['backend-elsewhere', 'backend-deleted', 'privacy-kept', 'prompt-form', 'doctor-running', 'menu-compare', 'compare-add'],
  ...['off', 'opening', 'loading', 'waiting', 'compare4', 'comparestream', 'compare-ask', 'compare-end', 'picture-compare', 'menu-windows', 'confirm-cost'],
  ...['exchange', 'source-modes', 'camera-new', 'picture-boxes', 'picture-part', 'settings-asking', 'settings-gauges', 'backend-public', 'backend-edit'],
  ...['doctor', 'backend-blind', 'delete-backend', 'library-empty', 'recording-gap', 'recording-details', 'export-clip', 'figures-gpu'],
  ...['keys', 'pace-small', 'settings-prompts', 'recording-no-decoder', 'recording-now', 'picture-boxed', 'settings-privacy', 'replay'],
];

export const scenes = all.map((scene) => ({ ...scene, rare: scene.rare || seldom.includes(scene.name) }));

/** The screens that change with the size of the window, and the sizes they are seen in when all are visited. */
export const sized = ['compare2', 'compare4', 'first', 'live', 'gauges', 'recording', 'replay', 'streaming', 'lost', 'settings-backends', 'menu-backend', 'picture', 'backend-more', 'doctor-ill', 'settings-privacy', ...sizedHistory, ...sizedFigures, ...sizedSources];
export const sizes = [
  [720, 520],
  [760, 860],
  [1000, 700],
  [1920, 1080],
  [3840, 2160],
];

/** Few that show most: of the light theme, and of the smallest window. */
export const lit = ['live', 'failed', 'doctor-ill', ...litHistory, ...litFigures, ...litSources];
export const small = ['recording', 'backend-more', ...smallHistory];
