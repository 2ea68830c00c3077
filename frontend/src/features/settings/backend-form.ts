import type { BackendForm, SavedBackend } from '$lib/state/types';
import { addressError, originOf, serverOf } from '$lib/text/network';
import { t } from '$lib/text/strings';

/** The most servers a backend can have beside its first. */
export const mostReplicas = 15;

/** What the form begins with. */
export function formOf(saved: SavedBackend | undefined): BackendForm {
  return {
    id: saved?.id ?? '',
    name: saved?.name ?? '',
    url: saved?.url ?? '',
    key: '',
    forgetKey: false,
    model: saved?.model ?? '',
    replicas: [...(saved?.replicas ?? [])],
    inFlight: saved?.inFlight ?? 0,
    perMinute: saved?.perMinute ?? 0,
    times: { ...saved?.times },
    caFile: saved?.caFile ?? '',
    leaves: saved?.leaves ?? '',
    fallback: saved?.fallback ?? '',
  };
}

/** What the form sends: without the blanks around and between what was typed. */
export function sendable(form: BackendForm): BackendForm {
  const replicas = form.replicas.map((url) => url.trim()).filter(Boolean);
  return { ...form, replicas, times: { ...form.times }, name: form.name.trim(), url: form.url.trim(), model: form.model.trim() };
}

/** Whether something beyond the obvious is set. */
export function hasMore({ replicas, inFlight, perMinute, times, caFile, leaves, fallback }: BackendForm): boolean {
  return replicas.length > 0 || inFlight + perMinute > 0 || Object.values(times).some(Boolean) || `${caFile}${leaves}${fallback}` !== '';
}

/** Whether two forms would save the same. What only the doctor writes does not count. */
export function sameForm(a: BackendForm, b: BackendForm): boolean {
  const times = ({ connect = 0, firstToken = 0, betweenTokens = 0, total = 0 }: BackendForm['times']) => [connect, firstToken, betweenTokens, total];
  const facts = (form: BackendForm) => JSON.stringify({ ...sendable(form), times: times(form.times) });
  return facts(a) === facts(b);
}

/** What is wrong with the address at a place, in words: the first is -1, the further ones count from 0. */
export function addressFault(form: Pick<BackendForm, 'url' | 'replicas'>, place: number): string {
  const text = (place < 0 ? form.url : form.replicas[place]) ?? '';
  const fault = addressError(text);
  if (fault !== '') return t.backends.address[fault];
  const before = [form.url, ...form.replicas].slice(0, place + 1).map(serverOf);
  return text.trim() !== '' && before.includes(serverOf(text)) ? t.backends.address.twice : '';
}

/** The origins of all servers, each once: what a key is saved for. */
export function originsOf({ url, replicas = [] }: { url: string; replicas?: readonly string[] }): string[] {
  return [...new Set([url, ...replicas].map(originOf).filter(Boolean))];
}
