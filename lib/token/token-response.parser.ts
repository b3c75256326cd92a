import { KopoKopoResponseError } from '../errors/response.error.js';
import { parseObject } from '../http/upstream-body.reader.js';

/** A token answer that was found good. @internal */
export interface TokenResponse {
  value: string;
  scopes: string[];
  /** Seconds. */
  expiresIn: number;
  createdAt?: number | string;
}

/** What Kopo Kopo's tokens live where the answer does not say, in seconds (API page, §15 #2). */
const USUAL_LIFETIME = 3_600;

/** A day in seconds: a server that says more has counted in other units, or not at all, and is not believed. */
const LONGEST_LIFETIME = 86_400;

const LONGEST_TOKEN = 8_192;

/** `b64token` of RFC 6750 §2.1: what can stand after `Bearer`. */
const B64TOKEN = /^[\w.~+/-]+=*$/;

/**
 * Reads the answer of the token endpoint (RFC 6749 §5.1), strictly.
 *
 * @throws KopoKopoResponseError that names the member that is wrong, never its value
 * @internal
 */
export function parseTokenResponse(text: string): TokenResponse {
  const answer = parseObject(text);
  if (answer === undefined) throw malformed('is not a JSON object');
  const value = tokenValueIn(text);
  if (value === undefined) throw malformed('has no usable access_token');
  const { token_type: type, created_at: createdAt } = answer;
  if (
    type !== undefined &&
    !(typeof type === 'string' && type.toLowerCase() === 'bearer')
  ) {
    throw malformed('has a token_type that is not bearer');
  }
  return {
    value,
    scopes: scopesIn(answer.scope),
    expiresIn: lifetimeIn(answer.expires_in),
    ...(typeof createdAt === 'number' || typeof createdAt === 'string'
      ? { createdAt }
      : {}),
  };
}

/**
 * The token in an answer, also where the rest of the answer is unusable: it is alive and has to be
 * given back.
 *
 * @internal
 */
export function tokenValueIn(text: string): string | undefined {
  const value = parseObject(text)?.access_token;
  return isTokenValue(value) ? value : undefined;
}

/** @internal */
export function isTokenValue(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= LONGEST_TOKEN &&
    B64TOKEN.test(value)
  );
}

/** Scopes as a space-separated text (RFC 6749 §3.3) or, at the info endpoint, a list. @internal */
export function scopesIn(scope: unknown): string[] {
  const parts: unknown[] = Array.isArray(scope) ? scope : [scope];
  return parts
    .filter((part) => typeof part === 'string')
    .flatMap((part) => part.split(' '))
    .filter((part) => part !== '');
}

function lifetimeIn(expiresIn: unknown): number {
  if (expiresIn === undefined || expiresIn === null) return USUAL_LIFETIME;
  const seconds =
    typeof expiresIn === 'string' && /^\d+(\.\d+)?$/.test(expiresIn)
      ? Number(expiresIn)
      : expiresIn;
  if (typeof seconds !== 'number' || !(seconds >= 0)) {
    throw malformed('has an expires_in that is not a positive number');
  }
  return seconds > LONGEST_LIFETIME ? USUAL_LIFETIME : seconds;
}

function malformed(what: string): KopoKopoResponseError {
  return new KopoKopoResponseError(`The token answer of Kopo Kopo ${what}.`);
}
