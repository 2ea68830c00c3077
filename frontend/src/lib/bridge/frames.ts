import type { LiveFrame } from './bridge';
import { Fault } from './fault';

/** Waits at the program for the next live picture; null after its two seconds without one. */
export async function fetchFrame(after: string, edge: number, signal: AbortSignal): Promise<LiveFrame | null> {
  const query = new URLSearchParams({ after, edge: String(edge) });
  const response = await fetch(`/live/frame?${query.toString()}`, { signal, cache: 'no-store' });
  if (response.status === 204) return null;
  if (!response.ok) throw new Fault('live.http', `The live picture cannot be fetched (HTTP ${response.status}).`);
  return { number: response.headers.get('X-Sightline-Frame') ?? after, picture: await response.blob() };
}
