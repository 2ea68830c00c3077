import { untrack } from 'svelte';
import type { Session } from '$lib/state/session.svelte';

/** For this long something stands on the living picture. */
const lifeMs = 15_000;

/**
 * Whether what was said of a picture may stand on the living one: only while it may be about it, not for long, and never on another scene's.
 * `seq` is whose it is, 0 for nobody's; `scene` is what is seen, '' while that is not known. To be called while a component is set up.
 */
export function standing(session: Session, seq: () => number, scene: () => string): { readonly on: boolean } {
  let over = $state(0);
  let before = '';
  $effect(() => {
    const now = scene();
    if (before !== '' && now !== before) over = untrack(() => session.answers.rows[0]?.seq ?? 0);
    before = now;
  });
  $effect(() => {
    const mine = seq();
    if (mine === 0) return;
    const timer = setTimeout(() => (over = mine), lifeMs);
    return () => clearTimeout(timer);
  });
  return {
    get on() {
      return seq() > over;
    },
  };
}
