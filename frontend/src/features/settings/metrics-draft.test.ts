import { describe, expect, it } from 'vitest';
import { Fault } from '$lib/state/fault';
import type { MetricsForm, MetricsState } from '$lib/state/types';
import { t } from '$lib/text/strings';
import { MetricsDraft } from './metrics-draft.svelte';

/** Settings that are saved, with a token where one is; refuses with `fault` while there is one. */
function desk(saved: Partial<MetricsState> = {}) {
  const now: MetricsState = { on: false, address: '', serving: '127.0.0.1:9717', hasToken: false, ...saved };
  const sent: MetricsForm[] = [];
  const refusal: { fault: Fault | null } = { fault: null };
  const library = {
    metrics: { on: now.on, address: now.address },
    keyring: true,
    metricsState: () => Promise.resolve(now),
    setMetrics: (form: MetricsForm): Promise<MetricsState> => {
      sent.push(form);
      if (refusal.fault) return Promise.reject(refusal.fault);
      library.metrics = { on: form.on, address: form.address };
      return Promise.resolve({ ...form, serving: form.address || '127.0.0.1:9717', hasToken: form.token !== '' || now.hasToken });
    },
  };
  return { draft: new MetricsDraft(library), library, sent, refusal };
}

describe('telling Prometheus', () => {
  it('is switched on as it stands, and told where it is then', async () => {
    const { draft, sent } = desk();
    await draft.load();
    expect([draft.serving, draft.changed, draft.tokenHint]).toEqual(['', false, t.metrics.tokenPlain]);
    expect(await draft.turn(true)).toBe(true);
    expect(sent).toEqual([{ on: true, address: '', token: '' }]);
    expect(draft.serving).toBe('127.0.0.1:9717');
  });

  it('needs a token where others reach it: the fault stands at its field, and goes as soon as one is typed', async () => {
    const { draft, refusal } = desk();
    draft.address = '0.0.0.0:9717';
    expect(draft.tokenHint).toBe(t.metrics.tokenNeeded);
    refusal.fault = new Fault('metrics.token', 'It needs a token.', 'Make one.');
    expect(await draft.turn(true)).toBe(false);
    expect([draft.tokenFault, draft.addressFault, draft.otherFault]).toEqual(['It needs a token. Make one.', '', null]);
    draft.token = 'x';
    expect(draft.tokenFault).toBe('');
    expect(draft.address).toBe('0.0.0.0:9717');
  });

  it.each([
    ['metrics.address', true],
    ['metrics.taken', true],
    ['settings.disk', false],
  ])('shows %s where it belongs', async (code, field) => {
    const { draft, refusal } = desk();
    refusal.fault = new Fault(code, 'No.', '');
    await draft.save();
    expect([draft.addressFault !== '', draft.otherFault !== null]).toEqual([field, !field]);
  });

  it('shows a token that was made here until it is saved, and never one that is saved', async () => {
    const { draft, sent } = desk();
    draft.address = '0.0.0.0:9717';
    draft.make();
    const made = draft.token;
    expect([draft.made, draft.tokenHint]).toEqual([true, t.metrics.tokenMade]);
    expect(await draft.save()).toBe(true);
    expect(sent[0]).toEqual({ on: false, address: '0.0.0.0:9717', token: made });
    expect([draft.made, draft.token, draft.tokenHint, draft.changed]).toEqual([false, '', t.metrics.tokenSaved, false]);
  });

  it('takes a token as saved for its own address only', async () => {
    const { draft } = desk({ on: true, address: 'lab:9717', serving: 'lab:9717', hasToken: true });
    await draft.load();
    expect(draft.tokenHint).toBe(t.metrics.tokenSaved);
    draft.address = 'lab:9718';
    expect(draft.tokenHint).toBe(t.metrics.tokenNeeded);
  });

  it('is switched off whatever is half typed, and that stays', async () => {
    const { draft, sent } = desk({ on: true, address: 'lab:9717', serving: 'lab:9717', hasToken: true });
    await draft.load();
    draft.address = 'lab:97';
    draft.token = 'half';
    expect(await draft.turn(false)).toBe(true);
    expect(sent).toEqual([{ on: false, address: 'lab:9717', token: '' }]);
    expect([draft.address, draft.token, draft.changed]).toEqual(['lab:97', 'half', true]);
  });

  it('follows what another window saves while nothing is typed here', () => {
    const { draft, library } = desk();
    library.metrics = { on: true, address: '127.0.0.1:1234' };
    expect([draft.address, draft.changed]).toEqual(['127.0.0.1:1234', false]);
  });

  it('says where there is no keyring', () => {
    const { draft, library } = desk();
    library.keyring = false;
    draft.token = 'x';
    expect(draft.tokenHint).toBe(t.metrics.tokenRun);
  });
});
