import {
  createCipheriv,
  createDecipheriv,
  createHash,
  hkdfSync,
  randomBytes,
} from 'node:crypto';
import { isTokenValue } from '../token-response.parser.js';

/** What of a token is shared. @internal */
export interface SealedContent {
  value: string;
  scopes: readonly string[];
  /** Milliseconds of its whole life. */
  lifetime: number;
  createdAt?: number | string;
}

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What a sealed token begins with, so that the form can change one day. */
const VERSION = 'k1.';

/**
 * Encrypts tokens for a store: AES-256-GCM, the key by HKDF from the client secret, bound to origin
 * and client id. What does not authenticate is nothing.
 *
 * @internal
 */
export class TokenSealer {
  /** Names the account without giving away the client id. */
  readonly account: string;
  readonly #bound: Buffer;

  constructor(origin: string, clientId: string) {
    this.#bound = Buffer.from(JSON.stringify([origin, clientId]));
    this.account = digest(this.#bound);
  }

  /** Names a token without giving it away. */
  idOf(value: string): string {
    return digest(Buffer.concat([this.#bound, Buffer.from(value)]));
  }

  seal(content: SealedContent, secret: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key(secret), nonce);
    cipher.setAAD(this.#bound);
    const text = Buffer.concat([
      cipher.update(JSON.stringify(content)),
      cipher.final(),
    ]);
    const parts = Buffer.concat([nonce, cipher.getAuthTag(), text]);
    return VERSION + parts.toString('base64url');
  }

  /** Tries each secret, so that a fleet that rotates its secret can go on sharing. */
  open(sealed: string, secrets: readonly string[]): SealedContent | undefined {
    if (!sealed.startsWith(VERSION)) return undefined;
    const bytes = Buffer.from(sealed.slice(VERSION.length), 'base64url');
    for (const secret of secrets) {
      const content = this.#tryOpen(bytes, secret);
      if (content !== undefined) return content;
    }
    return undefined;
  }

  #tryOpen(bytes: Buffer, secret: string): SealedContent | undefined {
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
    try {
      const key = this.#key(secret);
      const decipher = createDecipheriv(ALGORITHM, key, nonce, {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(this.#bound);
      decipher.setAuthTag(tag);
      const text = Buffer.concat([
        decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)),
        decipher.final(),
      ]);
      const content = JSON.parse(text.toString()) as SealedContent;
      return isTokenValue(content.value) ? content : undefined;
    } catch {
      return undefined;
    }
  }

  #key(secret: string): Buffer {
    return Buffer.from(
      hkdfSync('sha256', secret, this.#bound, 'nestjs-kopokopo store', 32),
    );
  }
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64url').slice(0, 32);
}
