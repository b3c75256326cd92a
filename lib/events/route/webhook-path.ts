/**
 * A path as routers compare it: case, a slash at the end and percent-encoding make no difference.
 *
 * @internal
 */
export function routedPath(url: string): string {
  const [path] = url.split(/[?#]/, 1);
  const plain = `/${decoded(path!)}`.replace(/^\/+/, '/').toLowerCase();
  return plain.length > 1 && plain.endsWith('/') ? plain.slice(0, -1) : plain;
}

function decoded(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
