import type { Choices, Source, WindowChoices } from '../types';
import { sample, source } from './data';

/** The window with what was chosen: another source is seen upright and whole again, and a part without width is none. */
export function viewOf(window: WindowChoices, choices: Choices): WindowChoices {
  const { crop: part, ...before } = window;
  const other = choices.source !== undefined && choices.source !== window.source;
  const { crop = other ? undefined : part, ...others } = choices;
  const kept = other ? { ...before, rotate: 0, mirror: false } : before;
  return { ...kept, ...others, ...(crop && crop.w > 0 ? { crop } : {}) };
}

/** The source that a window has chosen, as it runs. */
export function sourceOf(window: WindowChoices): Source {
  const [, kind = '', rest = ''] = /^([a-z]+):(.*)$/.exec(window.source) ?? [];
  const names = kind === 'camera' ? rest.replace(/\?.*$/, '') : kind === 'file' ? (rest.split('/').at(-1) ?? '') : rest.replace(/^\/\//, '').replace(/\/.*$/, '');
  const known = window.source === 'sample:' ? sample : { ...source, uri: window.source, kind, name: names || 'Screen 1' };
  const [, width = '1280', height = '720', fps = '30'] = /size=(\d+)x(\d+)&fps=([\d.]+)/.exec(window.source) ?? [];
  const size = { width: Number(width), height: Number(height) };
  return { ...known, ...size, chosen: true, state: window.cameraOn ? 'live' : 'off', fps: window.cameraOn ? Number(fps) : 0 };
}
