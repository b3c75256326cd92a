/**
 * The answer to a delivery. Kopo Kopo delivers again where it was not 200.
 *
 * @publicApi
 */
export interface KopoKopoReceipt {
  /** Status of the answer. */
  readonly status: number;
  /** Why, in words that may be told to anybody. */
  readonly reason: string;
}

/** The fate of a delivery that was signed and read. @internal */
export type DispatchResult =
  | 'handled'
  | 'repeated'
  | 'unheard'
  | 'queued'
  | 'not queued'
  | 'failed'
  | 'busy'
  | 'late'
  | 'closing';

/** The answer table: every answer that a delivery can get, by its cause. @internal */
export const RECEIPTS = {
  handled: receipt(200, 'It was handled.'),
  repeated: receipt(200, 'It was handled before.'),
  unheard: receipt(200, 'No handler hears it.'),
  queued: receipt(200, 'It is queued.'),
  unreadable: receipt(400, 'It is no JSON object.'),
  unsigned: receipt(401, 'Its signature is missing or wrong.'),
  'too large': receipt(413, 'It is too large.'),
  encoded: receipt(415, 'It must not be compressed.'),
  failed: receipt(500, 'A handler failed.'),
  'read before': receipt(500, 'Its bytes were read before it came here.'),
  busy: receipt(503, 'It is being handled.'),
  late: receipt(503, 'It is still being handled.'),
  closing: receipt(503, 'The app shuts down.'),
  'not queued': receipt(503, 'The queue is out of reach.'),
  'no key': receipt(503, 'The key to verify it is out of reach.'),
} satisfies Record<string, KopoKopoReceipt> &
  Record<DispatchResult, KopoKopoReceipt>;

function receipt(status: number, reason: string): KopoKopoReceipt {
  return Object.freeze({ status, reason });
}
