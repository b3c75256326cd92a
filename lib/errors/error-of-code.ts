import { KopoKopoAuthenticationError } from './authentication.error.js';
import { KopoKopoConfigurationError } from './configuration.error.js';
import { KopoKopoConnectionError } from './connection.error.js';
import type { KopoKopoError, KopoKopoErrorDetails } from './kopokopo.error.js';
import { KopoKopoNotFoundError } from './not-found.error.js';
import { KopoKopoPermissionError } from './permission.error.js';
import { KopoKopoRateLimitError } from './rate-limit.error.js';
import { KopoKopoReferenceError } from './reference.error.js';
import { KopoKopoRefusedError } from './refused.error.js';
import { KopoKopoResponseError } from './response.error.js';
import { KopoKopoServerError } from './server.error.js';
import { KopoKopoTimeoutError } from './timeout.error.js';

type ErrorClass = new (
  message: string,
  details: KopoKopoErrorDetails,
) => KopoKopoError;

/** A map: in an object, the code `constructor` would find a class, too. */
const CLASSES = new Map<string, ErrorClass>([
  ['KOPOKOPO_AUTHENTICATION', KopoKopoAuthenticationError],
  ['KOPOKOPO_CONFIGURATION', KopoKopoConfigurationError],
  ['KOPOKOPO_CONNECTION', KopoKopoConnectionError],
  ['KOPOKOPO_NOT_FOUND', KopoKopoNotFoundError],
  ['KOPOKOPO_PERMISSION', KopoKopoPermissionError],
  ['KOPOKOPO_RATE_LIMIT', KopoKopoRateLimitError],
  ['KOPOKOPO_REFERENCE', KopoKopoReferenceError],
  ['KOPOKOPO_REFUSED', KopoKopoRefusedError],
  ['KOPOKOPO_RESPONSE', KopoKopoResponseError],
  ['KOPOKOPO_TIMEOUT', KopoKopoTimeoutError],
]);

/**
 * The error that another process told of by its code; a server error where the code is not known.
 *
 * @internal
 */
export function errorOfCode(
  code: string,
  message: string,
  details: KopoKopoErrorDetails,
): KopoKopoError {
  const Class = CLASSES.get(code) ?? KopoKopoServerError;
  return new Class(message, details);
}
