/** A source's name as well as its URI tells it: a camera's name, a folder's last part. */
export function sourceName(uri: string): string {
  const [scheme = '', rest = ''] = uri.split(/:(.*)/s);
  const path = rest.replace(/\?.*$/s, '').replace(/[/\\]+$/, '');
  if (scheme === 'camera') return rest || 'Camera';
  return scheme === 'images' && path !== '' ? (path.split(/[/\\]/).at(-1) ?? path) : uri;
}
