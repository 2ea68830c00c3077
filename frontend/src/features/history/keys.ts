import { tick } from 'svelte';
import type { App } from '$lib/state/app';
import type { Shortcut } from '$lib/state/shortcuts';
import type { Watch } from '$lib/state/watch.svelte';
import { h } from '$lib/text/strings-history';
import { t } from '$lib/text/strings';

/** The id of the field that searches: in all answers, or in those of one recording. */
export const searchField = 'search-recordings';

const smallStepMs = 5000;

/** The keys that lead to the recordings, and around among them. */
export function historyKeys({ screen, recordings }: App): Shortcut[] {
  const search = async () => {
    if (screen.full) return;
    if (screen.place.name === 'live') screen.library();
    await tick();
    const field = document.getElementById(searchField);
    field?.focus();
    if (field instanceof HTMLInputElement) field.select();
  };
  const back = () => {
    if (screen.full) void screen.fullscreen(false);
    else if (screen.place.name === 'recording') screen.library();
    else if (recordings.finder.words !== '') recordings.finder.look('');
    else screen.live();
  };
  return [
    { key: 'l', run: () => screen.library() },
    { key: 'f', ctrl: true, always: true, run: () => void search() },
    { key: '/', run: () => void search() },
    { key: 'escape', run: back },
  ];
}

/** The keys of one recording. */
export function watchKeys({ screen }: App, watch: Watch): Shortcut[] {
  const { clip, player } = watch;
  return [
    { key: ' ', run: () => player.toggle() },
    { key: 'arrowleft', shift: false, held: true, run: () => watch.step(-1) },
    { key: 'arrowright', shift: false, held: true, run: () => watch.step(1) },
    { key: 'arrowleft', shift: true, held: true, run: () => player.seek(player.timeMs - smallStepMs) },
    { key: 'arrowright', shift: true, held: true, run: () => player.seek(player.timeMs + smallStepMs) },
    { key: '<', run: () => player.shift(-1) },
    { key: '>', run: () => player.shift(1) },
    { key: 'home', run: () => player.seek(0) },
    { key: 'end', run: () => player.seek(player.lengthMs) },
    { key: 'i', run: () => clip.begin(player.timeMs) },
    { key: 'o', run: () => clip.end(player.timeMs) },
    { key: 'f', run: () => void screen.fullscreen(!screen.full) },
  ];
}

/** The same keys, for reading. */
export const historyKeyList: readonly { keys: readonly string[]; what: string }[] = [
  { keys: ['L'], what: h.keys.open },
  { keys: ['Ctrl', 'F'], what: h.keys.search },
  { keys: [t.asking.space], what: h.keys.play },
  { keys: ['←', '→'], what: h.keys.answers },
  { keys: ['Shift', '← →'], what: h.keys.seconds },
  { keys: ['<', '>'], what: h.keys.speed },
  { keys: ['Home', 'End'], what: h.keys.ends },
  { keys: ['I', 'O'], what: h.keys.clip },
  { keys: ['F'], what: t.keys.fullscreen },
  { keys: ['Esc'], what: h.keys.back },
];
