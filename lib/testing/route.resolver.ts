import type { SandboxRoute } from './sandbox-route.types.js';

const OAUTH_ROUTES = new Map<string, SandboxRoute>([
  ['POST /oauth/token', 'token'],
  ['POST /oauth/revoke', 'revoke'],
  ['POST /oauth/introspect', 'introspect'],
  ['GET /oauth/token/info', 'tokenInfo'],
]);

const API_PATH = /^\/api\/v[12]\/./;

/** Which route a request belongs to; a known path with a wrong method is `other`. @internal */
export function resolveRoute(method: string, path: string): SandboxRoute {
  const api = API_PATH.test(withoutDoubledSlash(path)) ? 'api' : 'other';
  return OAUTH_ROUTES.get(`${method} ${path}`) ?? api;
}

/** A path that begins with one slash: a client whose base URL ends in a slash sends two. @internal */
export function withoutDoubledSlash(path: string): string {
  return path.replace(/^\/+/, '/');
}
