import { KopoKopoValidationError } from '../errors/validation.error.js';
import type { UpstreamRequest } from '../http/upstream.client.js';
import type {
  KopoKopoCallOptions,
  KopoKopoRequest,
} from './api-call.interface.js';
import { type ApiBase, resolveApiPath } from './api-path.resolver.js';

/** No API answer is larger than this, in bytes. */
const MAX_BYTES = 4 * 1_024 * 1_024;

/** A call that has been checked and can be sent. @internal */
export type PreparedCall = UpstreamRequest & { timeout: number };

/**
 * Checks a call before anything is sent.
 *
 * @throws KopoKopoValidationError that says what to change
 * @internal
 */
export function prepareCall(
  { method, path, body, query, timeout, signal }: KopoKopoRequest,
  defaults: ApiBase & { timeout: number },
): PreparedCall {
  if (method !== 'GET' && method !== 'POST') {
    throw new KopoKopoValidationError('The method must be GET or POST.');
  }
  if (method === 'GET' && body !== undefined) {
    throw new KopoKopoValidationError('A GET has no body; use query.');
  }
  if (timeout !== undefined && !(timeout > 0 && timeout < 2 ** 31)) {
    throw new KopoKopoValidationError(
      'The timeout must be a positive number of milliseconds.',
    );
  }
  return {
    method,
    path: withQuery(resolveApiPath(path, defaults), query),
    ...(body === undefined ? {} : { json: toJson(body) }),
    maxBytes: MAX_BYTES,
    timeout: timeout ?? defaults.timeout,
    signal,
  };
}

function toJson(body: unknown): string {
  const problem = new KopoKopoValidationError(
    'The body can not be written as JSON: pass a plain object without cycles, functions or BigInts.',
  );
  try {
    const text = JSON.stringify(body) as string | undefined;
    if (text !== undefined) return text;
  } catch {
    throw problem;
  }
  throw problem;
}

function withQuery(path: string, query: KopoKopoCallOptions['query']): string {
  const text = new URLSearchParams(
    Object.entries(query ?? {}).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]),
  ).toString();
  if (text === '') return path;
  return `${path}${path.includes('?') ? '&' : '?'}${text}`;
}
