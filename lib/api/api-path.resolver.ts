import { KopoKopoValidationError } from '../errors/validation.error.js';

/** Where API calls go. @internal */
export interface ApiBase {
  /** The configured origin. */
  origin: string;
  /** Such as `v2`; for paths that name none. */
  apiVersion: string;
}

/** Something that a URL parser would read as more than a path. */
const ABSOLUTE = /^(?:[a-z][a-z\d+.-]*:|[/\\]{2})/i;

/** A segment that a URL parser would resolve away, in any spelling. */
const DOTS = /(?:^|[/\\])(?:\.|%2e){1,2}(?:[/\\?#]|$)/i;

/** A URL parser takes them out without a word. */
// oxlint-disable-next-line eslint/no-control-regex -- control characters are what it looks for
const CONTROLS = /[\u0000-\u001f\u007f]/;

const VERSIONED = /^\/api\/v\d+\/./;

/**
 * Makes the path of an API call from a path below `/api/{version}` or from a `Location` of Kopo Kopo,
 * whose scheme and `/api/vN` vary (API page, §3).
 *
 * @throws KopoKopoValidationError for another host, or a path that leaves `/api/vN`
 * @internal
 */
export function resolveApiPath(path: string, base: ApiBase): string {
  if (typeof path !== 'string' || path === '') {
    throw new KopoKopoValidationError('The path of the API call is missing.');
  }
  if (DOTS.test(path) || CONTROLS.test(path)) {
    throw new KopoKopoValidationError(
      'The path of the API call must not hold "." or ".." segments, nor control characters.',
    );
  }
  const url = ABSOLUTE.test(path)
    ? ownLocation(path, base)
    : parsed(`${base.origin}/${path.replace(/^\//, '')}`);
  const versioned = url.pathname.startsWith('/api/')
    ? url.pathname
    : `/api/${base.apiVersion}${url.pathname}`;
  if (!VERSIONED.test(versioned) || /%2f|%5c/i.test(versioned)) {
    throw new KopoKopoValidationError(
      'The path of the API call must stay below /api/v1 or /api/v2.',
    );
  }
  return versioned + url.search;
}

/** http and https are the same to us: the bearer goes to the configured origin in any case. */
function ownLocation(location: string, { origin }: ApiBase): URL {
  const url = parsed(location);
  const own = new URL(origin);
  const isOwn =
    /^https?:$/.test(url.protocol) &&
    url.hostname === own.hostname &&
    url.port === own.port &&
    url.username === '' &&
    url.password === '';
  if (isOwn) return url;
  throw new KopoKopoValidationError(
    `The location is not on ${origin}: the access token is not sent there.`,
  );
}

function parsed(text: string): URL {
  if (URL.canParse(text)) return new URL(text);
  throw new KopoKopoValidationError('The path of the API call is no path.');
}
