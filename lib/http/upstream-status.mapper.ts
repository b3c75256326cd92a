import type { AxiosResponse } from 'axios';
import type { KopoKopoError } from '../errors/kopokopo.error.js';
import { redact } from './redact.js';
import { parseRetryAfter } from './retry-after.parser.js';
import type { SentRequest } from './sent-request.js';
import { meaningOf, speaksOAuth } from './status-outcomes.js';
import { oauthErrorOf, readProblem } from './upstream-body.reader.js';

/** What is read of an answer. */
type Answer = Pick<AxiosResponse<unknown>, 'status' | 'headers' | 'data'>;

/** What is known of the request; the host is of no use where there is an answer. */
type Asked = Omit<SentRequest, 'host'>;

/** The error code of a bearer challenge (RFC 6750 §3), such as `insufficient_scope`. */
const CHALLENGE = /\berror="([a-z_]{1,40})"/;

/**
 * The error for an answer that is not a 2xx. Its status decides; words of its body and its challenge
 * count where `speaksOAuth` says so.
 *
 * @internal
 */
export function toStatusError(answer: Answer, asked: Asked): KopoKopoError {
  const { status, headers } = answer;
  const id: unknown = headers['x-request-id'];
  const retryAfter = parseRetryAfter(headers['retry-after']);
  const problem = readProblem(answer.data, headers['content-type'], asked);
  const oauthError = speaksOAuth(status, asked.path)
    ? (problem.oauthError ?? challengeOf(headers, asked))
    : undefined;
  const { ErrorClass, outcome, retryable } = meaningOf(status, oauthError);
  return new ErrorClass(sentence(status, oauthError, problem.messages), {
    status,
    outcome,
    retryable,
    messages: problem.messages,
    ...(oauthError === undefined ? {} : { oauthError }),
    ...(isPlainId(id, asked) ? { requestId: id } : {}),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}

function sentence(
  status: number,
  oauthError: string | undefined,
  messages: readonly string[],
): string {
  if (status >= 300 && status < 400) {
    return `Kopo Kopo answered with a redirect (${status}), which is not followed.`;
  }
  const said = [
    oauthError ?? '',
    messages.filter((text) => text !== oauthError).join(' '),
  ].filter((part) => part !== '');
  const why = said.length === 0 ? '' : `: ${said.join(': ')}`;
  const speaker = status === 407 ? 'A proxy' : 'Kopo Kopo';
  return `${speaker} answered ${status}${why}`;
}

function challengeOf(
  headers: Answer['headers'],
  { secrets }: Asked,
): string | undefined {
  const challenge: unknown = headers['www-authenticate'];
  return oauthErrorOf(CHALLENGE.exec(String(challenge))?.[1], secrets);
}

function isPlainId(id: unknown, { secrets, numbers }: Asked): id is string {
  return (
    typeof id === 'string' &&
    /^[\w.:-]{1,128}$/.test(id) &&
    redact(id, secrets, numbers) === id
  );
}
