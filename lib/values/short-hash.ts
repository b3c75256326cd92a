import { createHash } from 'node:crypto';

/** A short name of a text or of bytes: 128 bits of SHA-256, in hex. @internal */
export function shortHash(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}
