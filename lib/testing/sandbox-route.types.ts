/**
 * The purpose of a request: the four OAuth endpoints, the bearer-protected API, or nothing the sandbox knows.
 *
 * @publicApi
 */
export type SandboxRoute =
  'token' | 'revoke' | 'introspect' | 'tokenInfo' | 'api' | 'other';

/**
 * Where a fault can be put, and what can be waited for. `all` stands for every route, unknown paths included.
 *
 * @publicApi
 */
export type SandboxTarget = Exclude<SandboxRoute, 'other'> | 'all';
