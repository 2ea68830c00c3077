import type { Bridge } from '../bridge';
import type { Settings } from '../types';
import type { Play } from './play';

/** Lets a test be another window: it dispatches "elsewhere" with the settings that window changed. */
export function hearElsewhere(play: Play): void {
  addEventListener('elsewhere', (event) => {
    const settings = { ...play.snapshot.settings, ...(event as CustomEvent<Partial<Settings>>).detail };
    play.snapshot = { ...play.snapshot, settings };
    play.tell({ kind: 'settings', settings });
  });
}

/** Opens and closes no windows: what was wished is told in the body's data, for tests. */
export function windows(): Pick<Bridge, 'newWindow' | 'duplicateWindow' | 'closeWindow' | 'quit'> {
  const note = (what: string) => () => {
    document.body.dataset['window'] = what;
    return Promise.resolve();
  };
  return { newWindow: note('new'), duplicateWindow: note('duplicate'), closeWindow: note('close'), quit: note('quit') };
}
