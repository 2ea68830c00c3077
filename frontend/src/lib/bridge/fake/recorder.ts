import type { Bridge } from '../bridge';
import { notRecording } from './data';
import type { Play } from './play';

/** Records nothing, and says it does. */
export function recorder(play: Play): Pick<Bridge, 'record' | 'setRecording' | 'pickRecordings'> {
  return {
    record: (on) => {
      const now = on ? { ...notRecording, on, id: 'r1', sinceMs: Date.now(), bytes: 120_000 } : notRecording;
      play.tell({ kind: 'recording', recording: now });
      return Promise.resolve();
    },
    setRecording: (recording) => {
      play.snapshot = { ...play.snapshot, settings: { ...play.snapshot.settings, recording } };
      play.tell({ kind: 'settings', settings: play.snapshot.settings });
      return Promise.resolve();
    },
    pickRecordings: () => Promise.resolve('/data/recordings'),
  };
}
