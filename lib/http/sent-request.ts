import { pathOf } from './request-path.js';
import { sentNumbers } from './sent-numbers.js';

/** What must be known of a request to judge its failure and to clean what an answer quotes. @internal */
export interface SentRequest {
  /** Without its query. */
  path: string;
  /** Credentials it carried. */
  secrets: readonly string[];
  /** Phone and account numbers it carried. */
  numbers: readonly string[];
  /** Host that it went to, with a port that is not the usual one. */
  host: string;
}

/** Form members whose values must never be read outside the request. */
const SECRET_MEMBERS = ['client_secret', 'token', 'client_id'];

/** What is read of an axios request; not its type, which differs between releases. */
interface AxiosRequest {
  url?: string;
  baseURL?: string;
  data?: unknown;
  headers?: unknown;
}

/** @internal */
export function sentRequest(request: AxiosRequest = {}): SentRequest {
  const { url = '', baseURL = '', headers } = request;
  const data = typeof request.data === 'string' ? request.data : '';
  const { Authorization: authorization, 'Content-Type': type } = {
    ...(headers as Record<string, unknown> | undefined),
  };
  const isJson = type === 'application/json';
  const form = new URLSearchParams(isJson ? '' : data);
  const bearer =
    typeof authorization === 'string' ? authorization.split(' ').at(-1) : null;
  return {
    path: pathOf(url),
    secrets: [...SECRET_MEMBERS.map((name) => form.get(name)), bearer].filter(
      (value) => typeof value === 'string',
    ),
    numbers: [...(isJson ? sentNumbers(data) : []), ...queryNumbers(url)],
    host: URL.canParse(baseURL) ? new URL(baseURL).host : '',
  };
}

function queryNumbers(url: string): string[] {
  const query = url.split('?', 2)[1] ?? '';
  const members = Object.fromEntries(new URLSearchParams(query));
  return query === '' ? [] : sentNumbers(JSON.stringify(members));
}
