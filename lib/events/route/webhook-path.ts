/** The path of a route, as requests are compared with it. @internal */
export function routePath(path: string): string {
  return `/${path.replace(/^\/+|\/+$/g, '')}`.toLowerCase();
}

/**
 * The path of a request as Express compares it: case and one slash at the end make no difference, while
 * percent-encoding does.
 *
 * @internal
 */
export function requestPath(url: string): string {
  const [path] = url.split(/[?#]/, 1);
  const lower = path!.toLowerCase();
  return lower.length > 1 && lower.endsWith('/') ? lower.slice(0, -1) : lower;
}
