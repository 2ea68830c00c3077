/** The URL a person meant by what they typed, null while it is none. */
export function typedUrl(text: string): URL | null {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  const spoken = /^[a-z]+:\/\//i.test(trimmed);
  try {
    const url = new URL(spoken ? trimmed : `https://${trimmed}`);
    if (url.hostname === '') return null;
    // As the program has it: on this network without a scheme it is http, but for the port of https.
    const plain = !spoken && isNear(url) && !/^[^/]*:443(\/|$)/.test(trimmed);
    return plain ? new URL(`http://${trimmed}`) : url;
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

const isNear = (url: URL) => nearby.some((pattern) => pattern.test(url.hostname));

/** Whether an address looks as if it were outside this network. The program decides for good once it is used. */
export function looksPublic(text: string): boolean {
  const url = typedUrl(text);
  return url !== null && !isNear(url);
}

/** Whether pictures sent to a backend leave this network: as the person said, or else as its addresses look. */
export function leavesNetwork({ url, replicas = [], leaves = '' }: { url: string; replicas?: readonly string[]; leaves?: string }): boolean {
  return leaves === '' ? [url, ...replicas].some(looksPublic) : leaves === 'yes';
}

/** What is wrong with a typed address: nothing, where none is typed yet. */
export function addressError(text: string): '' | 'none' | 'scheme' | 'more' {
  if (text.trim() === '') return '';
  const url = typedUrl(text);
  if (!url) return 'none';
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'scheme';
  return url.username !== '' || url.password !== '' || url.search !== '' ? 'more' : '';
}

/** The same for all ways to write the address of one server. */
export function serverOf(text: string): string {
  const path = typedUrl(text)?.pathname.replace(/\/+$/, '');
  return path === undefined ? '' : originOf(text) + (path || '/v1');
}
