import { h } from './strings-history';

/** What belongs to one day, under its name. */
export interface Day<T> {
  key: string;
  name: string;
  items: T[];
}

// The page speaks English whatever the system does.
const thisYear = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });
const anyYear = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });

const keyOf = (d: Date) => `${d.getFullYear()}-${d.getMonth()}-${d.getDate()}`;

/** A day as a person calls it. */
export function dayName(ms: number, now: number): string {
  const [day, today] = [new Date(ms), new Date(now)];
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  if (keyOf(day) === keyOf(today)) return h.days.today;
  if (keyOf(day) === keyOf(yesterday)) return h.days.yesterday;
  return (day.getFullYear() === today.getFullYear() ? thisYear : anyYear).format(day);
}

/** Puts together what began on one day; the order stays. */
export function byDay<T extends { startedMs: number }>(items: readonly T[], now: number): Day<T>[] {
  const days = new Map<string, Day<T>>();
  for (const item of items) {
    const key = keyOf(new Date(item.startedMs));
    const day = days.get(key) ?? { key, name: dayName(item.startedMs, now), items: [] };
    day.items.push(item);
    days.set(key, day);
  }
  return [...days.values()];
}
