import type { ApplicationRegistry } from './application.registry.js';
import { present } from './form.parser.js';
import type { SandboxRequest } from './sandbox-request.types.js';

/** What came of the client credentials of a request. @internal */
export type ClientAuthentication =
  | { readonly kind: 'none' | 'wrong' | 'ambiguous' }
  | { readonly kind: 'client'; readonly clientId: string };

interface Credentials {
  readonly clientId: string;
  readonly secret: string;
}

/** Reads client credentials from a Basic header or the body (RFC 6749 §2.3.1), one of the two only. @internal */
export function authenticateClient(
  request: SandboxRequest,
  applications: ApplicationRegistry,
): ClientAuthentication {
  const basic = basicCredentials(request.headers.authorization);
  const posted = postedCredentials(request);
  if (basic && posted && contradict(basic, posted)) {
    return { kind: 'ambiguous' };
  }
  const presented = basic ?? posted;
  if (!presented) {
    return { kind: 'none' };
  }
  const { clientId, secret } = presented;
  return applications.accepts(clientId, secret)
    ? { kind: 'client', clientId }
    : { kind: 'wrong' };
}

// Not percent-decoded, unlike RFC 6749 asks: Doorkeeper does not.
function basicCredentials(authorization = ''): Credentials | undefined {
  const encoded = /^Basic (.*)$/i.exec(authorization)?.[1] ?? '';
  const [clientId, ...secret] = Buffer.from(encoded, 'base64')
    .toString()
    .split(':');
  return present(clientId) ? { clientId, secret: secret.join(':') } : undefined;
}

// A client id alone beside a Bearer header names no client: the bearer speaks.
function postedCredentials(request: SandboxRequest): Credentials | undefined {
  const clientId = present(request.form.client_id);
  const secret = present(request.form.client_secret) ?? '';
  const bearer = bearerOf(request);
  return clientId && (secret || !bearer) ? { clientId, secret } : undefined;
}

// Two secrets are two mechanisms; a client id in the body may only repeat the one of the header.
function contradict(basic: Credentials, posted: Credentials): boolean {
  return posted.secret !== '' || posted.clientId !== basic.clientId;
}

/** The bearer token of the Authorization header. @internal */
export function bearerOf(request: SandboxRequest): string | undefined {
  return /^Bearer (.*)$/i.exec(request.headers.authorization ?? '')?.[1];
}
