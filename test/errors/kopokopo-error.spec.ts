import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import * as publicFace from '../../lib/index.js';
import {
  isKopoKopoError,
  KopoKopoAbortError,
  KopoKopoError,
  type KopoKopoErrorDetails,
  KopoKopoRateLimitError,
  KopoKopoServerError,
} from '../../lib/index.js';

type Concrete = new (
  message: string,
  details?: KopoKopoErrorDetails,
) => KopoKopoError;

const KINDS = Object.entries(publicFace).filter(([name]) =>
  /^KopoKopo.+Error$/.test(name),
) as [string, Concrete][];

describe('every error class', () => {
  it.each(KINDS)(
    '%s is a KopoKopoError with a code and a name of its own',
    (name, Kind) => {
      const error = new Kind('What went wrong.');
      expect(error).toBeInstanceOf(KopoKopoError);
      expect(error).toBeInstanceOf(Error);
      expect(isKopoKopoError(error)).toBe(true);
      expect(error.message).toBe('What went wrong.');
      expect(error.code).toMatch(/^KOPOKOPO_[A-Z_]+$/);
      expect(error.name).toBe(
        Kind === KopoKopoAbortError ? 'AbortError' : name,
      );
      expect(error.stack).toContain('What went wrong.');
    },
  );

  it('says by default what the caller may do', () => {
    const table = Object.fromEntries(
      KINDS.map(([, Kind]) => {
        const { code, outcome, retryable } = new Kind('x');
        return [code.slice('KOPOKOPO_'.length), [outcome, retryable]];
      }),
    );
    expect(table).toEqual({
      ABORTED: ['not-sent', false],
      AUTHENTICATION: ['rejected', false],
      CONFIGURATION: ['not-sent', false],
      CONNECTION: ['unknown', true],
      NOT_FOUND: ['rejected', false],
      PERMISSION: ['rejected', false],
      RATE_LIMIT: ['rejected', true],
      REFERENCE: ['not-sent', false],
      REFUSED: ['rejected', false],
      RESPONSE: ['unknown', false],
      SERVER: ['unknown', true],
      SHUT_DOWN: ['not-sent', false],
      TIMEOUT: ['unknown', true],
      VALIDATION: ['not-sent', false],
    });
  });
});

describe('an error for a structured log', () => {
  const full = new KopoKopoRateLimitError('Too many.', {
    status: 429,
    messages: ['one', 'two'],
    requestId: 'req-1',
    retryAfter: 7,
    oauthError: 'slow_down',
    outcome: 'unknown',
    retryable: false,
  });

  it('has everything that is known and no stack', () => {
    expect(JSON.parse(JSON.stringify(full))).toEqual({
      name: 'KopoKopoRateLimitError',
      message: 'Too many.',
      code: 'KOPOKOPO_RATE_LIMIT',
      outcome: 'unknown',
      retryable: false,
      status: 429,
      messages: ['one', 'two'],
      requestId: 'req-1',
      retryAfter: 7,
      oauthError: 'slow_down',
    });
  });

  it('has no key for what is not known', () => {
    const bare = new KopoKopoServerError('Down.');
    expect(Object.keys(bare).toSorted()).toEqual(
      ['code', 'messages', 'name', 'outcome', 'retryable'].toSorted(),
    );
    expect(inspect(bare)).not.toContain('undefined');
  });

  it('does not share its list of messages with whoever made it', () => {
    const messages = ['one'];
    const error = new KopoKopoServerError('Down.', { messages });
    messages.push('two');
    expect(error.messages).toEqual(['one']);
  });
});

describe('isKopoKopoError', () => {
  it('knows an error of the other module format, which instanceof would not', () => {
    // What the CommonJS twin of the package makes: another class, the same brand.
    const twin = Object.defineProperty(
      new Error('twin'),
      Symbol.for('nestjs-kopokopo.error'),
      { value: true },
    );
    expect(twin).not.toBeInstanceOf(KopoKopoError);
    expect(isKopoKopoError(twin)).toBe(true);
  });

  it.each([
    undefined,
    null,
    'KOPOKOPO_SERVER',
    7,
    {},
    new Error('KOPOKOPO_SERVER'),
    { code: 'KOPOKOPO_SERVER' },
  ])('does not take %p for one', (other) => {
    expect(isKopoKopoError(other)).toBe(false);
  });
});
