/** The URL a person meant by what they typed, null while it is none. */
export function typedUrl(text: string): URL | null {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  const local = /^(localhost|\[|\d+\.\d+\.\d+\.\d+|[^./:]+(:|\/|$))/.test(trimmed);
  try {
    const url = new URL(/^[a-z]+:\/\//i.test(trimmed) ? trimmed : `${local ? 'http' : 'https'}://${trimmed}`);
    return url.hostname === '' ? null : url;
  } catch {
    return null;
  }
}

/** Scheme, host and port, the port always said: what a key belongs to. */
export function originOf(text: string): string {
  const url = typedUrl(text);
  if (!url) return '';
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return `${url.protocol}//${url.hostname}:${port}`;
}

const nearby = [
  /^localhost$/,
  /^127\./,
  /^10\./,
  /^192\.168\./,
  /^172\.(1[6-9]|2\d|3[01])\./,
  /^169\.254\./,
  /^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./,
  /^\[(::1|f[cd].*|fe80.*)\]$/,
  /\.(local|lan|internal|home\.arpa|localhost)$/,
  /^[^.]+$/,
];

/** Whether an address looks as if it were outside this network. The program decides for good once it is used. */
export function looksPublic(text: string): boolean {
  const url = typedUrl(text);
  return url !== null && !nearby.some((pattern) => pattern.test(url.hostname));
}
