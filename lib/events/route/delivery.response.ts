import type { ServerResponse } from 'node:http';
import type { KopoKopoReceipt } from '../delivery.receipt.js';

/** Statuses before which the body was not read: the connection can't be used again. */
const UNREAD = [413, 415];

/** Seconds after which it may be delivered again. */
const RETRY_AFTER = 10;

/** Answers a delivery, where somebody is left to answer. @internal */
export function respond(
  response: ServerResponse,
  { status, reason }: KopoKopoReceipt,
): void {
  if (response.headersSent || response.destroyed) return;
  const text = JSON.stringify({ statusCode: status, message: reason });
  response.statusCode = status;
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('content-length', Buffer.byteLength(text));
  if (status === 503) response.setHeader('retry-after', RETRY_AFTER);
  if (UNREAD.includes(status)) response.setHeader('connection', 'close');
  response.end(text);
}
