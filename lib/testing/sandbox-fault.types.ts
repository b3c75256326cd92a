/**
 * A way in which the sandbox fails. "Work" is what the request asks for: the token minted, the token revoked,
 * the payment accepted.
 *
 * - `delay`: waits `ms`, then works and answers as usual, and works even if the client has left meanwhile
 * - `hang`: no answer and no work until `release()`; a client that leaves first has had nothing done
 * - `status`: this status, with these headers and this body (an object is sent as JSON); no work
 * - `reset`: TCP reset, `before` the work (default) or `after` it
 * - `half`: work done, then headers for the whole answer, half of its body, and the connection closed
 * - `html`: an HTML page (status 200 by default); no work
 * - `redirect`: a redirect (302 by default) to `location`; no work
 * - `lost`: work done, then the connection closed without an answer
 * - `slowBody`: work done, the answer's body sent one byte every `ms`
 * - `large`: work done, the answer's body filled up with blanks to so many bytes
 * - `json`, `text`: this body in place of the real answer (status 200 by default); no work
 *
 * Times are in milliseconds.
 *
 * @publicApi
 */
export type SandboxFault =
  | { kind: 'delay'; ms: number }
  | { kind: 'hang' }
  | { kind: 'reset'; when?: 'before' | 'after' }
  | { kind: 'half' }
  | { kind: 'lost' }
  | { kind: 'slowBody'; ms: number }
  | { kind: 'large'; bytes: number }
  | SandboxStubFault;

/**
 * The faults that put another answer in the place of the real one.
 *
 * @publicApi
 */
export type SandboxStubFault =
  | {
      kind: 'status';
      status: number;
      headers?: Record<string, string | string[]> | undefined;
      body?: string | object | undefined;
    }
  | { kind: 'html'; status?: number }
  | { kind: 'redirect'; location: string; status?: number }
  | { kind: 'json'; body: unknown; status?: number }
  | { kind: 'text'; body: string; status?: number; contentType?: string };
