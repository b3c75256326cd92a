import type {
  KopoKopoError,
  KopoKopoErrorCode,
  KopoKopoOutcome,
} from './kopokopo.error.js';

/**
 * Body of the HTTP answer that `KopoKopoErrorInterceptor` and `KopoKopoErrorFilter` give.
 *
 * @publicApi
 */
export interface KopoKopoErrorBody {
  /** HTTP status of the answer. */
  statusCode: number;
  /** Reason phrase of that status. */
  error: string;
  /** What the caller of your API may know. */
  message: string | string[];
  /** `code` of the error. */
  code: KopoKopoErrorCode;
  /** `outcome` of the error: on `unknown` look up what became of the request before you repeat it. */
  outcome: KopoKopoOutcome;
}

interface HttpAnswer {
  statusCode: number;
  error: string;
  /** Said in place of our own text, which speaks to operators and not to the caller of the API. */
  message?: string;
}

const BAD_GATEWAY = { statusCode: 502, error: 'Bad Gateway' };
const UNAVAILABLE = { statusCode: 503, error: 'Service Unavailable' };
const PROVIDER_FAILED = 'The payment provider could not serve the request.';

const ANSWERS: Record<KopoKopoErrorCode, HttpAnswer> = {
  KOPOKOPO_CONFIGURATION: {
    statusCode: 500,
    error: 'Internal Server Error',
    message: 'The payment provider is not set up.',
  },
  KOPOKOPO_VALIDATION: { statusCode: 400, error: 'Bad Request' },
  KOPOKOPO_REFUSED: { statusCode: 422, error: 'Unprocessable Entity' },
  KOPOKOPO_REFERENCE: {
    statusCode: 409,
    error: 'Conflict',
    message: 'This reference was used for another request.',
  },
  KOPOKOPO_NOT_FOUND: { statusCode: 404, error: 'Not Found' },
  KOPOKOPO_RATE_LIMIT: { statusCode: 429, error: 'Too Many Requests' },
  KOPOKOPO_AUTHENTICATION: { ...BAD_GATEWAY, message: PROVIDER_FAILED },
  KOPOKOPO_PERMISSION: { ...BAD_GATEWAY, message: PROVIDER_FAILED },
  KOPOKOPO_SERVER: { ...BAD_GATEWAY, message: PROVIDER_FAILED },
  KOPOKOPO_RESPONSE: { ...BAD_GATEWAY, message: PROVIDER_FAILED },
  KOPOKOPO_CONNECTION: {
    ...UNAVAILABLE,
    message: 'The payment provider could not be reached.',
  },
  KOPOKOPO_ABORTED: { ...UNAVAILABLE, message: 'The request was given up.' },
  KOPOKOPO_SHUT_DOWN: {
    ...UNAVAILABLE,
    message: 'The service is shutting down.',
  },
  KOPOKOPO_TIMEOUT: {
    statusCode: 504,
    error: 'Gateway Timeout',
    message: 'The payment provider did not answer in time.',
  },
};

const UNKNOWN: HttpAnswer = {
  ...BAD_GATEWAY,
  message:
    'The payment provider may have accepted this request. It must not be sent again before you have looked whether it did.',
};

/** A reference that nobody could look up is no conflict. */
const NOT_NOW: HttpAnswer = {
  ...UNAVAILABLE,
  message: 'The request can not be taken now, and was not sent.',
};

/** Methods that move nothing, whatever became of the call (RFC 9110 §9.2.1). */
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/**
 * May the call have moved money? A call that is not named may; one that only reads, or only asks
 * for a token, may not.
 *
 * @internal
 */
export function mayHaveActed({
  outcome,
  method = '',
  path = '',
}: KopoKopoError): boolean {
  return (
    outcome === 'unknown' &&
    !SAFE_METHODS.includes(method) &&
    !path.startsWith('/oauth/')
  );
}

/** Gateways and clients repeat a 503 and a 504, so a call that may have acted gets neither. @internal */
export function toHttpBody(error: KopoKopoError): KopoKopoErrorBody {
  const { code, outcome } = error;
  const { message, ...answer } = answerTo(error);
  const said = error.messages.length > 0 ? [...error.messages] : error.message;
  return { ...answer, message: message ?? said, code, outcome };
}

function answerTo(error: KopoKopoError): HttpAnswer {
  if (mayHaveActed(error)) return UNKNOWN;
  const { code, retryable } = error;
  return code === 'KOPOKOPO_REFERENCE' && retryable ? NOT_NOW : ANSWERS[code];
}
