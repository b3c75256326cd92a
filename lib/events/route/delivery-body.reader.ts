import type { IncomingMessage } from 'node:http';
import { isEncoded } from '../delivery.headers.js';
import { type KopoKopoReceipt, RECEIPTS } from '../delivery.receipt.js';

/** Bytes of a request, or why it has none; `gone` where its client went away. @internal */
export type DeliveryBody = Buffer | KopoKopoReceipt | 'gone';

/** A request of a platform that has read the body first. */
interface ReadRequest {
  rawBody?: unknown;
  body?: unknown;
}

/**
 * Reads the bytes of a request as they come. Never rejects.
 *
 * @internal
 */
export async function readDeliveryBody(
  request: IncomingMessage,
  limit: number,
): Promise<DeliveryBody> {
  if (Number(request.headers['content-length']) > limit) {
    return RECEIPTS['too large'];
  }
  if (isEncoded(request.headers)) return RECEIPTS.encoded;
  const { rawBody, body } = request as ReadRequest;
  const left = [rawBody, body].find((one) => Buffer.isBuffer(one));
  if (left !== undefined) {
    return left.byteLength > limit ? RECEIPTS['too large'] : left;
  }
  if (request.readableDidRead || request.readableEnded) {
    return RECEIPTS['read before'];
  }
  return bytesOf(request, limit);
}

function bytesOf(
  request: IncomingMessage,
  limit: number,
): Promise<DeliveryBody> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const end = (body: DeliveryBody): void => {
      request.off('data', take);
      request.off('end', whole);
      request.off('close', cut);
      request.off('error', cut);
      resolve(body);
    };
    const take = (chunk: Buffer): void => {
      length += chunk.byteLength;
      chunks.push(chunk);
      if (length <= limit) return;
      // The rest is neither read nor kept.
      request.pause();
      end(RECEIPTS['too large']);
    };
    const whole = (): void => end(Buffer.concat(chunks));
    const cut = (): void => end('gone');
    request.on('data', take);
    request.on('end', whole);
    request.on('close', cut);
    request.on('error', cut);
  });
}
