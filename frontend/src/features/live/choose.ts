import type { App } from '$lib/state/app';
import type { Choices, Column, FoundServer } from '$lib/state/types';
import { leavesNetwork } from '$lib/text/network';
import { t } from '$lib/text/strings';

/** How many backends are asked about one frame at most, the first among them. */
export const mostColumns = 4;

/** Chooses a backend. One outside this network says so, and is not asked back to back without a word on cost. */
export function useBackend(state: App, id: string): void {
  const saved = state.library.backends.find((backend) => backend.id === id);
  begin(state, id, { backend: id, model: saved?.model ?? '' });
}

/** Asks one more backend about the same frames; one that is asked already, with a model it is not asked with yet. */
export async function compareWith(state: App, id: string): Promise<void> {
  const { library, session } = state;
  const compare = session.window.compare ?? [];
  const saved = library.backends.find((backend) => backend.id === id);
  const used = [session.window, ...compare].filter((column) => column.backend === id).map((column) => column.model);
  let model = saved?.model ?? '';
  if (saved && used.length > 0) model = (await otherModel(state, id, saved.url, used)) ?? model;
  begin(state, id, { compare: [...compare, { backend: id, model }] });
}

/** Changes one of the compared columns, or takes it away. */
export function changeColumn({ session }: App, at: number, column: Column | null): void {
  const compare = session.window.compare ?? [];
  void session.choose({ compare: compare.flatMap((one, i) => (i !== at ? [one] : column ? [column] : [])) });
}

async function otherModel({ library }: App, id: string, url: string, used: readonly string[]): Promise<string | undefined> {
  try {
    const { models } = await library.inspect(url);
    return models?.find((model) => !used.includes(model) && !library.blind(id, model));
  } catch {
    return undefined; // The column will say what is the matter with it.
  }
}

function begin(state: App, id: string, choices: Choices): void {
  const saved = state.library.backends.find((backend) => backend.id === id);
  if (!saved || !leavesNetwork(saved)) {
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
  const { backend, others } = state.session;
  const stranger = [backend, ...others].find((one) => one.public);
  if (pace === '0' && stranger) askCost(state, stranger.name, {});
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
