import type { App } from '$lib/state/app';
import type { Choices, FoundServer } from '$lib/state/types';
import { looksPublic } from '$lib/text/network';
import { t } from '$lib/text/strings';

/** Chooses a backend. One outside this network says so, and is not asked back to back without a word on cost. */
export function useBackend(state: App, id: string): void {
  const saved = state.library.backends.find((backend) => backend.id === id);
  const choices: Choices = { backend: id, model: saved?.model ?? '' };
  if (!saved || !looksPublic(saved.url)) {
    void state.session.choose(choices);
  } else if (state.session.window.pace === '0') {
    askCost(state, saved.name, choices);
  } else {
    void state.session.choose(choices);
    state.notices.say(t.hints.public(saved.name));
  }
}

/** Changes the pace; back to back with a backend outside this network only after a word on cost. */
export function usePace(state: App, pace: string): void {
  const { backend } = state.session;
  if (pace === '0' && backend.public) askCost(state, backend.name, {});
  else void state.session.choose({ pace });
}

/** Saves a server that was found on this machine, and uses it. */
export async function useFound(state: App, server: FoundServer): Promise<void> {
  const model = server.models?.[0] ?? '';
  const form = { id: '', name: server.name, url: server.url, key: '', forgetKey: false, model };
  await state.notices.guard(async () => {
    const saved = await state.library.saveBackend(form);
    await state.session.choose({ backend: saved.id, model });
  });
}

function askCost({ screen, session }: App, name: string, choices: Choices): void {
  screen.question = {
    title: t.pace.publicTitle,
    text: t.pace.publicText(name),
    yes: t.pace.publicYes,
    no: t.pace.publicNo,
    danger: false,
    onyes: () => void session.choose({ ...choices, pace: '0' }),
    onno: () => void session.choose({ ...choices, pace: '10s' }),
  };
}
