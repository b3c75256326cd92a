/** Form members whose values must never be read outside the request. */
const SECRET_MEMBERS = ['client_secret', 'token', 'client_id'];

/** What is read of an axios request; not its type, which differs between releases. */
interface SentRequest {
  data?: unknown;
  headers?: unknown;
}

/**
 * The secrets a request carried, so that an answer which echoes them can be cleaned.
 *
 * @internal
 */
export function secretsOf(request: SentRequest | undefined): string[] {
  const form = new URLSearchParams(
    typeof request?.data === 'string' ? request.data : '',
  );
  const authorization = (
    request?.headers as Record<string, unknown> | undefined
  )?.Authorization;
  const bearer =
    typeof authorization === 'string' ? authorization.split(' ').at(-1) : null;
  return [...SECRET_MEMBERS.map((name) => form.get(name)), bearer].filter(
    (value) => typeof value === 'string',
  );
}
