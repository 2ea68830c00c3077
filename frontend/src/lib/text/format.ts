// A number and its unit stay on one line.
const gap = '\u00a0';

/** A wall-clock time of the day, 14:03:24. */
export function clock(ms: number): string {
  const d = new Date(ms);
  return [d.getHours(), d.getMinutes(), d.getSeconds()].map((n) => String(n).padStart(2, '0')).join(':');
}

/** A span as a person reads it: 6.1 ms, 481 ms, 5.0 s, 2 min. */
export function span(ms: number): string {
  if (ms < 9.95) return `${ms.toFixed(1)}${gap}ms`;
  if (ms < 999.5) return `${Math.round(ms)}${gap}ms`;
  if (ms < 99_950) return `${(ms / 1000).toFixed(1)}${gap}s`;
  return `${Math.round(ms / 60_000)}${gap}min`;
}

/** Two spans with one unit where they share it: 486 / 530 ms. */
export function spans(low: number, high: number): string {
  const [a, b] = [span(low), span(high)];
  const unit = a.slice(a.lastIndexOf(gap));
  return b.endsWith(unit) ? `${a.slice(0, -unit.length)} / ${b}` : `${a} / ${b}`;
}

/** Memory in use of all there is: 17.2 / 24 GB. */
export function memory(used: number, total: number): string {
  const gb = (n: number) => n / 1024 ** 3;
  const whole = gb(total) >= 10 ? gb(total).toFixed(0) : gb(total).toFixed(1);
  return `${gb(used).toFixed(1)} / ${whole}${gap}GB`;
}

/** A size on the wire or on disk: 41 kB, 1.2 GB. */
export function bytes(n: number): string {
  if (n < 1000) return `${n}${gap}B`;
  if (n < 999_500) return `${Math.round(n / 1000)}${gap}kB`;
  return n < 999_950_000 ? `${(n / 1_000_000).toFixed(1)}${gap}MB` : `${(n / 1_000_000_000).toFixed(1)}${gap}GB`;
}

/** A running time: 2:13, 1:02:13. */
export function length(ms: number): string {
  const s = Math.floor(ms / 1000);
  const two = (n: number) => String(n).padStart(2, '0');
  const [hours, minutes, seconds] = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

export function percent(n: number): string {
  return `${Math.round(n)}${gap}%`;
}

/** The name of a GPU without what every one of them is called. */
export function gpuName(name: string): string {
  return name.replace(/NVIDIA|GeForce|AMD|Radeon|Laptop GPU|Graphics/g, '').replace(/\s+/g, ' ').trim() || name;
}

/** JSON set out for reading; anything else as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
