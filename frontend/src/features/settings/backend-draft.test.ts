import { describe, expect, it } from 'vitest';
import { Fault } from '$lib/state/fault';
import { Library } from '$lib/state/library.svelte';
import { Notices } from '$lib/state/notices.svelte';
import type { BackendForm, BackendInfo, SavedBackend, Snapshot } from '$lib/state/types';
import { t } from '$lib/text/strings';
import { BackendDraft } from './backend-draft.svelte';
import { addressFault, formOf, hasMore, sameForm } from './backend-form';

const lab: SavedBackend = { id: 'lab', name: 'Lab', url: 'http://lab.local:8000/v1', model: 'seeing' };
const cloud: SavedBackend = { id: 'cloud', name: 'Cloud', url: 'https://api.example.com/v1' };

/** A library whose servers have keys for some origins, and what was saved through it. */
function desk(saved: SavedBackend[], keyed: string[] = [], silent: string[] = []) {
  const sent: BackendForm[] = [];
  const bridge = {
    inspectBackend: (url: string): Promise<BackendInfo> => {
      if (silent.some((host) => url.includes(host))) return Promise.reject(new Fault('backend.refused', 'Nothing is listening there.', 'Start it.'));
      const hasKey = keyed.some((host) => url.includes(host));
      return Promise.resolve({ url, models: ['blind', 'seeing'], public: url.includes('example.com'), hasKey });
    },
    saveBackend: (form: BackendForm): Promise<SavedBackend> => {
      sent.push(form);
      if (form.name === 'refused') return Promise.reject(new Fault('settings.invalid', 'That is not allowed.', 'Choose another.'));
      return Promise.resolve({ id: form.id || 'new', name: form.name, url: form.url });
    },
  };
  const library = new Library(bridge as unknown as ConstructorParameters<typeof Library>[0], new Notices());
  const recording = { folder: '', noVideo: false, noFrames: false, noAnswers: false, preRoll: 0, segmentMB: 0, limitGB: 0 };
  const gauges = { gauges: { perSecond: 0, minutes: 0 }, metrics: { on: false, address: '' } };
  const settings = { version: 1, theme: 'auto', again: 'new', backends: saved, prompts: [], times: {}, private: [], recording, ...gauges } as const;
  library.load({ settings, keyring: true } as unknown as Snapshot);
  /** What another window does. */
  const elsewhere = (backends: SavedBackend[]) => library.apply({ ...settings, backends, prompts: [], private: [] });
  return { library, sent, elsewhere };
}

describe('the form of a backend', () => {
  it('shows only the obvious until more is set', () => {
    expect(hasMore(formOf(undefined))).toBe(false);
    expect(hasMore(formOf({ ...lab, times: { connect: 0 } }))).toBe(false);
    const limits: Partial<SavedBackend>[] = [{ inFlight: 2 }, { perMinute: 30 }, { times: { total: 9 } }];
    for (const some of [...limits, { replicas: ['http://b'] }, { caFile: '/ca.pem' }, { leaves: 'no' as const }, { fallback: 'cloud' }]) {
      expect(hasMore(formOf({ ...lab, ...some }))).toBe(true);
    }
  });

  it.each([
    ['http://', t.backends.address.none],
    ['ftp://lab', t.backends.address.scheme],
    ['http://me:secret@lab', t.backends.address.more],
    ['lab:8000?key=1', t.backends.address.more],
    ['lab.local:8000', t.backends.address.twice],
    ['LAB.local:8000/v1/', t.backends.address.twice],
    ['lab.local:8001', ''],
    ['', ''],
  ])('says of a further server %s: %s', (typed, fault) => expect(addressFault({ url: lab.url, replicas: [typed] }, 0)).toBe(fault));

  it('is the same whatever blanks are in it', () => {
    expect(sameForm(formOf(lab), { ...formOf(lab), name: ' Lab ', replicas: [' '], times: { total: 0 } })).toBe(true);
    expect(sameForm(formOf(lab), { ...formOf(lab), inFlight: 1 })).toBe(false);
  });
});

describe('a key', () => {
  it('must be entered again for another origin, and says for which', async () => {
    const draft = new BackendDraft(desk([lab], ['lab.local']).library, lab);
    await draft.test();
    expect(draft.keyNews).toBe('');
    expect(draft.keyHint).toContain('http://lab.local:8000');
    draft.form.url = 'http://lab.local:8000/other';
    expect(draft.keyNews).toBe('');
    draft.form.url = 'http://lab.local:9000/v1';
    expect(draft.keyNews).toBe(t.backends.keyAgain('http://lab.local:9000'));
    draft.form.key = 'new';
    expect(draft.keyNews).toBe('');
  });

  it('does not go along to a further server of another origin', async () => {
    const draft = new BackendDraft(desk([lab], ['lab.local']).library, lab);
    await draft.test();
    draft.form.replicas.push('http://lab.local:8000/b', 'lab2.local:8000');
    expect(draft.keyNews).toBe(t.backends.keyAgain('http://lab2.local:8000'));
    draft.form.key = 'one for all';
    expect(draft.keyHint).toBe(t.backends.keyAll('http://lab.local:8000 and http://lab2.local:8000'));
  });

  it('is not asked for where there was none', async () => {
    const draft = new BackendDraft(desk([lab]).library, lab);
    await draft.test();
    draft.form.url = 'http://lab.local:9000/v1';
    expect(draft.keyNews).toBe('');
  });

  it('may be there when the server does not answer', async () => {
    const draft = new BackendDraft(desk([lab], [], ['lab.local']).library, lab);
    await draft.test();
    expect(draft.fault?.message).toBe('Nothing is listening there.');
    draft.form.url = 'http://other.local/v1';
    expect(draft.keyNews).toBe(t.backends.keyMaybe('http://other.local:80'));
  });
});

describe('a draft', () => {
  it('is tested at every server, and each says for itself how it is', async () => {
    const draft = new BackendDraft(desk([], [], ['dead']).library, undefined);
    Object.assign(draft.form, { url: 'lab.local:8000', replicas: ['dead.local', ''] });
    await draft.test();
    expect(draft.info?.models).toEqual(['blind', 'seeing']);
    expect(draft.reply('dead.local')?.fault?.hint).toBe('Start it.');
    draft.form.url = 'lab.local:8001';
    expect(draft.info).toBeNull();
  });

  it('offers no model that is known not to see', async () => {
    const blind = { ...lab, model: '', profiles: { blind: { sees: 'no' as const } } };
    const draft = new BackendDraft(desk([blind]).library, blind);
    await draft.test();
    expect(draft.form.model).toBe('seeing');
    draft.form.model = 'blind';
    expect(draft.modelHint).toBe(t.backends.modelBlind('blind'));
  });

  it('goes out without empty rows, and keeps what the person typed when refused', async () => {
    const { library, sent } = desk([lab]);
    const draft = new BackendDraft(library, lab);
    Object.assign(draft.form, { name: ' refused', replicas: [' lab2:8000 ', ''], inFlight: 4, leaves: 'no' });
    expect(await draft.save()).toBeNull();
    expect(sent[0]).toMatchObject({ id: 'lab', name: 'refused', replicas: ['lab2:8000'], inFlight: 4, leaves: 'no' });
    expect(draft.refusal?.message).toBe('That is not allowed.');
    expect(draft.form.inFlight).toBe(4);
  });

  it('needs a name of its own', () => {
    const draft = new BackendDraft(desk([lab, cloud]).library, lab);
    draft.form.name = 'cloud ';
    expect(draft.nameFault).toBe(t.backends.nameTaken);
    draft.form.name = 'lab';
    expect(draft.nameFault).toBe('');
  });

  it('tells who would see the pictures: as the person says, or as any address does', () => {
    const draft = new BackendDraft(desk([lab]).library, lab);
    expect(draft.public).toBe(false);
    draft.form.replicas.push('https://api.example.com/v1');
    expect(draft.public).toBe(true);
    draft.form.leaves = 'no';
    expect([draft.public, draft.outside]).toEqual([false, true]);
  });
});

describe('another window', () => {
  it('changes nothing under the hands', () => {
    const { library, elsewhere } = desk([lab, cloud]);
    const draft = new BackendDraft(library, lab);
    draft.form.name = 'half typ';
    elsewhere([lab, { ...cloud, name: 'Other' }]);
    expect([draft.form.name, draft.elsewhere]).toEqual(['half typ', '']);
    elsewhere([{ ...lab, inFlight: 2 }, cloud]);
    expect([draft.form.name, draft.form.inFlight, draft.elsewhere]).toEqual(['half typ', 0, 'changed']);
  });

  it('can be followed', async () => {
    const { library, elsewhere } = desk([lab]);
    const draft = new BackendDraft(library, lab);
    elsewhere([{ ...lab, name: 'Laboratory', inFlight: 2 }]);
    await draft.takeOver();
    expect([draft.form.name, draft.form.inFlight, draft.elsewhere, draft.more]).toEqual(['Laboratory', 2, '', true]);
  });

  it('may delete it: then saving adds it anew', async () => {
    const { library, sent, elsewhere } = desk([lab]);
    const draft = new BackendDraft(library, lab);
    elsewhere([]);
    expect(draft.elsewhere).toBe('deleted');
    await draft.save();
    expect(sent[0]).toMatchObject({ id: '', name: 'Lab', url: lab.url });
  });

  it('does not count what the doctor wrote down', () => {
    const { library, elsewhere } = desk([lab]);
    const draft = new BackendDraft(library, lab);
    elsewhere([{ ...lab, profiles: { seeing: { sees: 'yes' } } }]);
    expect(draft.elsewhere).toBe('');
  });
});
