import { milliseconds } from '../config/option-checks.js';
import { KopoKopoValidationError } from '../errors/validation.error.js';
import { checkSignal } from '../http/signal.check.js';
import type { UpstreamRequest } from '../http/upstream.client.js';
import type {
  KopoKopoCallOptions,
  KopoKopoRequest,
} from './api-call.interface.js';
import { type ApiBase, resolveApiPath } from './api-path.resolver.js';

/** No API answer is larger than this, in bytes. */
const MAX_BYTES = 4 * 1_024 * 1_024;

const QUERY_TYPES = new Set(['string', 'number', 'boolean']);

/** A call that has been checked and can be sent. @internal */
export type PreparedCall = UpstreamRequest & { timeout: number };

/**
 * Checks a call before anything is sent.
 *
 * @throws KopoKopoValidationError that says what to change
 * @internal
 */
export function prepareCall(
  call: KopoKopoRequest,
  defaults: ApiBase & { timeout: number },
): PreparedCall {
  const { method, path, body, query, timeout, signal } = { ...call };
  if (method !== 'GET' && method !== 'POST') {
    throw new KopoKopoValidationError('The method must be GET or POST.');
  }
  if (method === 'GET' && body !== undefined) {
    throw new KopoKopoValidationError('A GET has no body; use query.');
  }
  if (timeout !== undefined && milliseconds(timeout) !== undefined) {
    throw new KopoKopoValidationError(`The timeout ${milliseconds(timeout)}.`);
  }
  checkSignal(signal);
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
    Object.entries(query ?? {}).map(([name, value]): [string, string] => {
      if (!QUERY_TYPES.has(typeof value)) {
        throw new KopoKopoValidationError(
          'The values of query must be texts, numbers or booleans.',
        );
      }
      return [name, String(value)];
    }),
  ).toString();
  if (text === '') return path;
  return `${path}${path.includes('?') ? '&' : '?'}${text}`;
}
