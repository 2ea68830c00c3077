import type { Backend } from '$lib/state/types';
import { t } from '$lib/text/strings';

/** How a backend does, in words: its fault and the next step, where it has one. */
export function healthOf({ fault, health }: Backend): string {
  return fault ? [fault.message, fault.hint].filter(Boolean).join(' ') : t.backend.health[health];
}

const badness = { well: 0, unknown: 1, slow: 2, out: 3 } as const;

/** The one that does worst, the first of several. */
export function worst(backends: readonly Backend[]): Backend | undefined {
  return backends.reduce<Backend | undefined>((found, one) => (found && badness[found.health] >= badness[one.health] ? found : one), undefined);
}

/** What the header shows of who answers: names, or the models where one backend is compared with itself. */
export function pillOf(backend: Backend, others: readonly Backend[]): { name: string; model: string } {
  const name = backend.name || t.backend.unnamed;
  const model = backend.builtin || backend.name === '' ? '' : backend.model || t.backend.noModel;
  const [other, ...rest] = others;
  if (!other) return { name, model };
  if (rest.length > 0) return { name: t.backend.plus(name, others.length), model: '' };
  if (other.id === backend.id) return { name, model: t.backend.versus(model, other.model || t.backend.noModel) };
  return { name: t.backend.versus(name, other.name), model: '' };
}
