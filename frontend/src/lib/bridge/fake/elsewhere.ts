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
