import { KopoKopoResponseError } from '../errors/response.error.js';
import { pathOf } from '../http/request-path.js';
import type {
  UpstreamRequest,
  UpstreamResponse,
} from '../http/upstream.client.js';
import type { KopoKopoResponse } from './api-call.interface.js';

/**
 * Makes the caller's answer of a 2xx.
 *
 * @throws KopoKopoResponseError when the body is neither empty nor JSON
 * @internal
 */
export function parseApiResponse<T>(
  { status, headers, text }: UpstreamResponse,
  { method, path }: Pick<UpstreamRequest, 'method' | 'path'>,
): KopoKopoResponse<T> {
  const hasLocation = headers.location !== undefined;
  return {
    status,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name.toLowerCase(),
        String(value),
      ]),
    ),
    // The Location names what was created; the body beside it is noise (API page, §3).
    body: parseBody(text, hasLocation, { method, path: pathOf(path) }) as T,
  };
}

function parseBody(
  text: string,
  lenient: boolean,
  call: { method: string; path: string },
): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the body, which may hold phone numbers.
    if (lenient) return undefined;
    throw new KopoKopoResponseError(
      'The answer of Kopo Kopo is not JSON.',
      call,
    );
  }
}
