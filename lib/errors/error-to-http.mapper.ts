import type { KopoKopoError, KopoKopoErrorCode } from './kopokopo.error.js';

/**
 * Body of the HTTP answer that `KopoKopoErrorInterceptor` gives.
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

/** @internal */
export function toHttpBody(error: KopoKopoError): KopoKopoErrorBody {
  const { message, ...answer } = ANSWERS[error.code];
  const said = error.messages.length > 0 ? [...error.messages] : error.message;
  return { ...answer, message: message ?? said, code: error.code };
}
