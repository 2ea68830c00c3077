// A number and its unit stay on one line.
const gap = '\u00a0';

/** Energy as a person reads it: 38 J, 1.6 kJ. */
export function energy(joules: number): string {
  if (joules < 9.95) return `${joules.toFixed(1)}${gap}J`;
  if (joules < 999.5) return `${Math.round(joules)}${gap}J`;
  return joules < 999_500 ? `${(joules / 1000).toFixed(1)}${gap}kJ` : `${(joules / 1_000_000).toFixed(1)}${gap}MJ`;
}

/** Memory as it is built, in powers of two: 640 MB, 7.4 GB. */
export function memorySize(bytes: number): string {
  const mb = bytes / 1024 ** 2;
  return mb < 999.5 ? `${Math.round(mb)}${gap}MB` : `${(mb / 1024).toFixed(1)}${gap}GB`;
}

/** Room on a disk, as disks are sold: 443 GB, 1.0 TB. */
export function diskSize(bytes: number): string {
  const gb = bytes / 1e9;
  if (gb < 99.95) return `${gb.toFixed(1)}${gap}GB`;
  return gb < 999.5 ? `${Math.round(gb)}${gap}GB` : `${(gb / 1000).toFixed(1)}${gap}TB`;
}

export const celsius = (n: number) => `${Math.round(n)}${gap}°C`;
export const watts = (n: number) => `${Math.round(n)}${gap}W`;
export const megahertz = (n: number) => `${Math.round(n)}${gap}MHz`;

/** A time of the day on an axis: the seconds where they are needed. */
export function axisClock(seconds: number): string {
  const d = new Date(seconds * 1000);
  const two = (n: number) => String(n).padStart(2, '0');
  const minutes = `${two(d.getHours())}:${two(d.getMinutes())}`;
  return d.getSeconds() === 0 ? minutes : `${minutes}:${two(d.getSeconds())}`;
}

/** Milliseconds on an axis: 250 ms, 1.5 s; short, since the axis is narrow. */
export function axisTime(ms: number): string {
  if (ms === 0) return '0';
  return ms < 1000 ? `${+ms.toPrecision(3)}${gap}ms` : `${+(ms / 1000).toPrecision(3)}${gap}s`;
}
