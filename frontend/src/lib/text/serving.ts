const parts = /^(\[[^\]]*\]|[^:]*):(\d+)$/;
const anywhere = ['', '0.0.0.0', '[::]'];

/** Whether only this computer reaches an address to serve at. An empty one is the program's own, which is such. */
export function onlyHere(address: string): boolean {
  const trimmed = address.trim();
  if (trimmed === '') return true;
  const host = parts.exec(trimmed)?.[1] ?? '';
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i.test(host);
}

/** Where figures are asked for at an address: at all of this computer's, its own name here stands for them. */
export function metricsUrl(address: string): string {
  const [, host = '', port = ''] = parts.exec(address) ?? [];
  return `http://${anywhere.includes(host) ? 'localhost' : host}:${port}/metrics`;
}

/** A token nobody guesses: 24 random bytes in letters, digits, - and _. */
export function randomToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_');
}
