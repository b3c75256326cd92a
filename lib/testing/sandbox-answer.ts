/** An HTTP answer before it is on the wire. @internal */
export interface SandboxAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** An answer with a JSON body. @internal */
export function jsonAnswer(
  status: number,
  body: unknown,
  headers: SandboxAnswer['headers'] = {},
): SandboxAnswer {
  return {
    status,
    headers: { 'Content-Type': JSON_TYPE, ...headers },
    body: JSON.stringify(body),
  };
}

/** An answer without a body. @internal */
export function emptyAnswer(
  status: number,
  headers: SandboxAnswer['headers'] = {},
): SandboxAnswer {
  return { status, headers, body: '' };
}

/** An answer with a text body. @internal */
export function textAnswer(
  status: number,
  body: string,
  contentType = 'text/plain; charset=utf-8',
): SandboxAnswer {
  return { status, headers: { 'Content-Type': contentType }, body };
}

/** What the framework answers where nothing is. @internal */
export function notFoundAnswer(): SandboxAnswer {
  return jsonAnswer(404, { status: 404, error: 'Not Found' });
}
