import { KopoKopoValidationError } from '../errors/validation.error.js';

/**
 * Lets `undefined` and an `AbortSignal` through, of any realm.
 *
 * @throws KopoKopoValidationError
 * @internal
 */
export function checkSignal(signal: AbortSignal | undefined): void {
  if (signal === undefined) return;
  const { aborted, addEventListener } = Object(signal) as Partial<AbortSignal>;
  if (typeof aborted === 'boolean' && typeof addEventListener === 'function') {
    return;
  }
  throw new KopoKopoValidationError('The signal must be an AbortSignal.');
}
