import type { BackendForm, RecordingSettings, Settings } from './types';

const recording: RecordingSettings = { folder: '', noVideo: false, noFrames: false, noAnswers: false, preRoll: 0, segmentMB: 0, limitGB: 0 };
/** Before the program has told its own. */
export const noSettings: Settings = {
  ...{ version: 0, theme: 'auto', again: 'new', backends: [], prompts: [], times: {}, private: [], recording },
  ...{ gauges: { perSecond: 0, minutes: 0 }, metrics: { on: false, address: '' } },
};

/** The form of a backend that nobody filled in. */
export const noForm: BackendForm = {
  ...{ id: '', name: '', url: '', key: '', forgetKey: false, model: '' },
  ...{ replicas: [], inFlight: 0, perMinute: 0, times: {}, caFile: '', leaves: '', fallback: '' },
};
