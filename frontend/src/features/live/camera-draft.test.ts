import { expect, it, vi } from 'vitest';
import type { App } from '$lib/state/app';
import { Fault } from '$lib/state/fault';
import type { CameraAddress } from '$lib/state/types';
import { s } from '$lib/text/strings-sources';
import { CameraDraft } from './camera-draft.svelte';

function page({ known = [] as string[], keyring = true, refuses = false, persisted = true } = {}) {
  const saved = vi.fn((address: CameraAddress) =>
    refuses ? Promise.reject(new Fault('keys.locked', 'The keyring is locked.')) : Promise.resolve({ uri: address.url, name: 'cam', persisted }),
  );
  const watched = vi.fn(() => Promise.resolve(true));
  const said = vi.fn();
  const state = {
    library: { keyring },
    notices: { say: said },
    session: { watch: watched, window: { cameraOn: true }, source: { uri: 'rtsp://door.lan/live', fault: { code: 'source.login', message: '' } } },
    sources: { saveAddress: saved, hasLogin: (uri: string) => Promise.resolve(known.includes(uri)), forgetCamera: () => Promise.resolve(true) },
  };
  return { app: state as unknown as App, saved, watched, said };
}
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

it('takes a pasted login out of the address, saves it, and watches the camera', async () => {
  const { app, saved, watched } = page();
  const draft = new CameraDraft(app, '');
  draft.type('rtsp://ada:s%40cret@10.0.0.7/live');
  draft.tidy();
  expect([draft.url, draft.user, draft.password]).toEqual(['rtsp://10.0.0.7/live', 'ada', 's@cret']);
  expect(await draft.watch()).toBe(true);
  expect(saved).toHaveBeenCalledWith({ url: 'rtsp://10.0.0.7/live', user: 'ada', password: 's@cret' });
  expect(watched).toHaveBeenCalledWith('rtsp://10.0.0.7/live');
});

it('says nothing of an address while it is typed, and sends none that is wrong', async () => {
  const { app, saved } = page();
  const draft = new CameraDraft(app, '');
  draft.type('10.0.0.7');
  expect(draft.addressFault).toBe('');
  expect(await draft.watch()).toBe(false);
  expect(draft.addressFault).toBe(s.camera.scheme);
  expect(saved).not.toHaveBeenCalled();
});

it('tells that a login is saved, that it was refused, and forgets it', async () => {
  const { app } = page({ known: ['rtsp://door.lan/live', 'rtsp://porch.lan/live'] });
  const porch = new CameraDraft(app, 'rtsp://porch.lan/live');
  await settle();
  expect(porch.loginHint).toBe(s.camera.known);
  const door = new CameraDraft(app, 'rtsp://door.lan/live');
  await settle();
  expect([door.refused, door.loginHint]).toEqual([true, s.camera.refused]);
  await door.forget();
  expect([door.known, door.loginHint]).toEqual([false, s.camera.kept]);
});

it('tells that a login is kept for this run only where there is no keyring', async () => {
  expect(new CameraDraft(page({ keyring: false }).app, '').loginHint).toBe(s.camera.keptRun);
  const { app, said } = page({ persisted: false });
  await new CameraDraft(app, 'rtsp://10.0.0.7/').watch();
  expect(said).toHaveBeenCalledWith(s.camera.runOnly);
});

it('leaves what is open to the program, which opens it anew with its new login', async () => {
  const { app, watched } = page();
  const draft = new CameraDraft(app, 'rtsp://door.lan/live');
  draft.password = 'new';
  expect(await draft.watch()).toBe(true);
  expect(watched).not.toHaveBeenCalled();
  draft.password = '';
  await draft.watch();
  expect(watched).toHaveBeenCalledOnce();
});

it('keeps the form with the reason when it is refused', async () => {
  const { app, watched } = page({ refuses: true });
  const draft = new CameraDraft(app, 'rtsp://10.0.0.7/');
  expect(await draft.watch()).toBe(false);
  expect([draft.fault?.message, draft.saving, watched.mock.calls.length]).toEqual(['The keyring is locked.', false, 0]);
});
