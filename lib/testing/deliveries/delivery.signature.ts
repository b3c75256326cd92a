import { createHmac } from 'node:crypto';

/** The header that carries the signature. @internal */
export const SIGNATURE_HEADER = 'X-KopoKopo-Signature';

/**
 * Bytes and headers of a delivery, as Kopo Kopo would send it.
 *
 * @publicApi
 */
export interface SignedDelivery {
  /** What has to be sent, byte for byte. */
  readonly body: Buffer;
  /** Content type, user agent and `X-KopoKopo-Signature`. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Signs a webhook or a callback as Kopo Kopo does, so that a test can send one of its own: HMAC-SHA256 of the
 * bytes with the application's API key, in lower-case hex. Text and bytes are signed as they are; an object
 * becomes compact JSON.
 *
 * @publicApi
 */
export function signDelivery(
  body: string | Buffer | object,
  apiKey: string,
): SignedDelivery {
  const bytes = bytesOf(body);
  return {
    body: bytes,
    headers: {
      'Content-Type': 'application/json',
      'User-Agent': 'KopoKopo-Sandbox/1.0',
      [SIGNATURE_HEADER]: createHmac('sha256', apiKey)
        .update(bytes)
        .digest('hex'),
    },
  };
}

function bytesOf(body: string | Buffer | object): Buffer {
  if (Buffer.isBuffer(body)) {
    return body;
  }
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}
