import { t } from './strings';

/** The paces offered without typing, as the program writes them. */
export const paces = ['0', '2s', '10s', 'asked'] as const;

/** A pace as the program writes it ("2s", "1m30s", "30f"), in words. */
export function paceName(pace: string): string {
  if (pace === '0') return t.pace.back;
  if (pace === 'asked') return t.pace.asked;
  if (pace.endsWith('f')) return t.pace.frames(Number.parseInt(pace, 10));
  const seconds = paceSeconds(pace);
  return seconds === null ? pace : t.pace.seconds(String(seconds));
}

const unit: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 0.001 };

/** The seconds of a Go duration; null when it is none. */
export function paceSeconds(pace: string): number | null {
  if (!/^(\d+(\.\d+)?(h|ms|m|s))+$/.test(pace)) return null;
  let sum = 0;
  for (const [, amount, name] of pace.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)) sum += Number(amount) * (unit[name ?? ''] ?? 0);
  return Math.round(sum * 1000) / 1000;
}

/** The paces to offer while `pace` is in use: the usual ones, and it among them. */
export function offered(pace: string): string[] {
  const rank = (p: string) => (p === '0' ? 0 : p === 'asked' ? Infinity : (paceSeconds(p) ?? 1e6));
  return [...new Set<string>([...paces, pace])].filter((p) => p !== '').sort((a, b) => rank(a) - rank(b));
}

export type PaceUnit = 'seconds' | 'frames';

/** A typed pace as the program reads it; null when it is out of range. */
export function customPace(amount: number, in_: PaceUnit): string | null {
  if (in_ === 'frames') return Number.isInteger(amount) && amount >= 1 && amount <= 3600 ? `${amount}f` : null;
  if (!(amount >= 0.1 && amount <= 3600)) return null;
  return Number.isInteger(amount) ? `${amount}s` : `${Math.round(amount * 1000)}ms`;
}

/** What a pace is made of, to fill in the fields again. */
export function paceParts(pace: string): { amount: number; unit: PaceUnit } {
  if (pace.endsWith('f')) return { amount: Number.parseInt(pace, 10), unit: 'frames' };
  return { amount: paceSeconds(pace) || 5, unit: 'seconds' };
}
