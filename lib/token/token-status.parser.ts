import { KopoKopoResponseError } from '../errors/response.error.js';
import { parseObject } from '../http/upstream-body.reader.js';
import type {
  TokenInfo,
  TokenIntrospection,
} from './token-introspection.interface.js';
import { scopesIn } from './token-response.parser.js';

/**
 * Reads the answer of the introspection endpoint (RFC 7662 §2.2): only `active` is required.
 *
 * @throws KopoKopoResponseError when `active` is not a boolean
 * @internal
 */
export function parseIntrospection(text: string): TokenIntrospection {
  const answer = parseObject(text);
  if (typeof answer?.active !== 'boolean') {
    throw new KopoKopoResponseError(
      'The introspection answer of Kopo Kopo has no boolean "active".',
    );
  }
  if (!answer.active) return { active: false };
  return {
    active: true,
    scopes: scopesIn(answer.scope),
    ...known('clientId', textIn(answer.client_id)),
    ...known('tokenType', textIn(answer.token_type)),
    ...known('expiresAt', dateIn(answer.exp)),
    ...known('issuedAt', dateIn(answer.iat)),
  };
}

/**
 * Reads the answer of `GET /oauth/token/info`, of Doorkeeper 4 and later.
 *
 * @throws KopoKopoResponseError when it is not a JSON object
 * @internal
 */
export function parseTokenInfo(text: string): TokenInfo {
  const answer = parseObject(text);
  if (answer === undefined) {
    throw new KopoKopoResponseError(
      'The token info answer of Kopo Kopo is not a JSON object.',
    );
  }
  const owner = answer.resource_owner_id;
  const left = answer.expires_in ?? answer.expires_in_seconds;
  const application = answer.application as { uid?: unknown } | undefined;
  return {
    scopes: scopesIn(answer.scope ?? answer.scopes),
    resourceOwnerId:
      typeof owner === 'string' || typeof owner === 'number' ? owner : null,
    // JSON can write a number that is infinite: 1e999.
    ...known('expiresIn', Number.isFinite(left) ? (left as number) : undefined),
    ...known('clientId', textIn(application?.uid)),
    ...known('createdAt', dateIn(answer.created_at)),
  };
}

/** Unix seconds or ISO text; both are seen (API page, §15 #4). `0` is Doorkeeper's "never". */
function dateIn(value: unknown): Date | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const seconds = Number(value);
  const date = new Date(
    Number.isNaN(seconds) ? Date.parse(String(value)) : seconds * 1_000,
  );
  return Number.isNaN(date.getTime()) || date.getTime() <= 0 ? undefined : date;
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function known<K extends string, V>(
  key: K,
  value: V | undefined,
): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}
