import { isAxiosError, type AxiosResponse } from 'axios';
import { KopoKopoConnectionError } from '../errors/connection.error.js';
import type { KopoKopoError } from '../errors/kopokopo.error.js';
import { sentRequest } from './sent-request.js';
import { toTransportError } from './transport-error.mapper.js';
import { toStatusError } from './upstream-status.mapper.js';

/**
 * Maps whatever a call on the module's axios failed with to one of our errors. Nothing of the axios
 * error is kept: it holds the request, with the secret in it. An error of ours that comes from there is
 * one that an agent or a lookup of the app threw: it tells of another call, and its outcome is not taken.
 *
 * @internal
 */
export function toKopoKopoError(error: unknown): KopoKopoError {
  if (!isAxiosError(error)) {
    return new KopoKopoConnectionError(
      'The call to Kopo Kopo failed before it was answered.',
      { retryable: false },
    );
  }
  const request = sentRequest(error.config);
  const response = error.response as AxiosResponse<unknown> | undefined;
  return response === undefined ||
    (response.status >= 200 && response.status < 300)
    ? toTransportError(error, request)
    : toStatusError(response, request);
}
