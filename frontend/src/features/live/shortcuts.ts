import type { App } from '$lib/state/app';
import type { Shortcut } from '$lib/state/shortcuts';
import { mirroring, turning } from '$lib/text/regions';
import { t } from '$lib/text/strings';
import { g } from '$lib/text/strings-gauges';
import { s } from '$lib/text/strings-sources';

/** The id of the prompt's field, so that a key can go there. */
export const promptField = 'prompt';

/** The keys of the live window. */
export function shortcuts({ session, screen, sources, windows }: App): Shortcut[] {
  return [
    { key: ' ', run: () => void session.askNow() },
    { key: 's', run: () => void session.toggle() },
    { key: 'r', run: () => void session.recorder.toggle() },
    { key: 'p', run: () => document.getElementById(promptField)?.focus() },
    { key: 'f', run: () => void screen.fullscreen(!screen.full) },
    { key: 't', run: () => void session.choose(turning(session.window)) },
    { key: 'm', run: () => void session.choose(mirroring(session.window)) },
    { key: 'c', run: () => (screen.cropping = !screen.cropping) },
    { key: 'b', run: () => void session.choose({ boxes: !session.window.boxes }) },
    { key: 's', ctrl: true, always: true, run: () => void sources.keepPicture() },
    { key: 'g', run: () => (screen.figures = screen.figures ? null : 'answers') },
    { key: ',', ctrl: true, always: true, run: () => screen.settings() },
    { key: '?', run: () => (screen.keys = true) },
    { key: 'n', ctrl: true, shift: false, always: true, over: true, run: () => void windows.open() },
    { key: 'n', ctrl: true, shift: true, always: true, over: true, run: () => void windows.duplicate() },
    { key: 'w', ctrl: true, shift: false, always: true, over: true, run: () => void windows.close() },
    { key: 'q', ctrl: true, shift: false, always: true, over: true, run: () => void windows.quit() },
    { key: 'escape', always: true, run: () => leave(screen) },
  ];
}

// One thing after the other.
function leave(screen: App['screen']): void {
  if (screen.cropping) screen.cropping = false;
  else if (screen.full) void screen.fullscreen(false);
  else screen.figures = null;
}

/** The same keys, for reading. */
export const keyList: readonly { keys: readonly string[]; what: string }[] = [
  { keys: [t.asking.space], what: t.keys.askNow },
  { keys: ['S'], what: t.keys.toggle },
  { keys: ['R'], what: t.keys.record },
  { keys: ['P'], what: t.keys.prompt },
  { keys: ['F'], what: t.keys.fullscreen },
  { keys: ['T'], what: s.keys.turn },
  { keys: ['M'], what: s.keys.mirror },
  { keys: ['C'], what: s.keys.part },
  { keys: ['B'], what: s.keys.boxes },
  { keys: ['Ctrl', 'S'], what: s.keys.save },
  { keys: ['G'], what: g.open },
  { keys: ['Ctrl', ','], what: t.keys.settings },
  { keys: ['Ctrl', 'N'], what: t.windows.open },
  { keys: ['Ctrl', 'Shift', 'N'], what: t.windows.duplicate },
  { keys: ['Ctrl', 'W'], what: t.windows.close },
  { keys: ['Ctrl', 'Q'], what: t.windows.quit },
  { keys: ['?'], what: t.keys.help },
  { keys: ['Esc'], what: t.keys.leave },
];
