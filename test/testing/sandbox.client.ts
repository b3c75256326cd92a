import { request } from 'node:http';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { KopoKopoSandbox } from '../../lib/testing/index.js';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  /** Names as they are spelled on the wire. */
  headerNames: string[];
  body: string;
}

export interface CallOptions {
  headers?: OutgoingHttpHeaders;
  body?: string;
  /** Empty for a request without one. */
  userAgent?: string;
}

export const FORM = 'application/x-www-form-urlencoded';

/** One request over a connection of its own, with a User-Agent unless told otherwise. */
export function call(
  sandbox: KopoKopoSandbox,
  method: string,
  path: string,
  { headers = {}, body = '', userAgent = 'sandbox-test/1.0' }: CallOptions = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      sandbox.url + path,
      {
        method,
        agent: false,
        headers: userAgent ? { 'User-Agent': userAgent, ...headers } : headers,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.once('error', reject);
        incoming.once('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            headerNames: incoming.rawHeaders.filter((_, i) => i % 2 === 0),
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

/** A form sent to an OAuth endpoint. */
export function post(
  sandbox: KopoKopoSandbox,
  path: string,
  form: Record<string, string> = {},
  headers: OutgoingHttpHeaders = {},
): Promise<Answer> {
  return call(sandbox, 'POST', path, {
    headers: { 'Content-Type': FORM, ...headers },
    body: new URLSearchParams(form).toString(),
  });
}

/** Credentials of the first application as body members. */
export function credentials(sandbox: KopoKopoSandbox) {
  return { client_id: sandbox.clientId, client_secret: sandbox.clientSecret };
}

export function requestToken(
  sandbox: KopoKopoSandbox,
  as: Record<string, string> = credentials(sandbox),
): Promise<Answer> {
  return post(sandbox, '/oauth/token', {
    grant_type: 'client_credentials',
    ...as,
  });
}

/** Asks for a token and gives its value. */
export async function mint(
  sandbox: KopoKopoSandbox,
  as?: Record<string, string>,
): Promise<string> {
  const { body } = await requestToken(sandbox, as);
  return (JSON.parse(body) as { access_token: string }).access_token;
}

export function bearer(token: string): OutgoingHttpHeaders {
  return { Authorization: `Bearer ${token}` };
}

export function basic(clientId: string, secret: string): OutgoingHttpHeaders {
  const pair = Buffer.from(`${clientId}:${secret}`).toString('base64');
  return { Authorization: `Basic ${pair}` };
}

export function ping(sandbox: KopoKopoSandbox, token: string): Promise<Answer> {
  return call(sandbox, 'GET', '/api/v2/ping', { headers: bearer(token) });
}
