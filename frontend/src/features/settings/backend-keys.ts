import type { BackendInfo } from '$lib/state/types';
import { t } from '$lib/text/strings';
import { originsOf } from './backend-form';

type Servers = Parameters<typeof originsOf>[0];

/** What is said when a saved key does not go along to a server: a key belongs to its origin. `told` is what tests found out. */
export function keyNews(before: Servers, now: Servers, told: readonly BackendInfo[]): string {
  const known = (origin: string) => told.findLast((info) => originsOf(info)[0] === origin)?.hasKey;
  const saved = originsOf(before);
  const without = originsOf(now).filter((origin) => !(known(origin) ?? saved.includes(origin)));
  if (without.length === 0) return '';
  if (saved.some(known)) return t.backends.keyAgain(t.backends.list(without));
  return saved.every((origin) => known(origin) === undefined) ? t.backends.keyMaybe(t.backends.list(without)) : '';
}
