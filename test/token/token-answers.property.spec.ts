import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toStatusError } from '../../lib/http/upstream-status.mapper.js';
import { AccessToken, KopoKopoError } from '../../lib/index.js';
import { parseTokenResponse } from '../../lib/token/token-response.parser.js';
import {
  parseIntrospection,
  parseTokenInfo,
} from '../../lib/token/token-status.parser.js';
import { openShop, QUIET, type Shop } from '../support/boot.js';
import { rawServer, type RawServer } from '../support/raw-server.js';

/** `b64token` of RFC 6750 §2.1. */
const B64TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/** Members that the parsers look at, with whatever in them. */
const members = fc.record(
  {
    access_token: fc.oneof(
      fc.stringMatching(/^[\w.~+/-]{1,40}={0,2}$/),
      fc.jsonValue(),
    ),
    token_type: fc.oneof(fc.constantFrom('Bearer', 'bearer'), fc.jsonValue()),
    expires_in: fc.oneof(fc.nat(), fc.double(), fc.jsonValue()),
    created_at: fc.oneof(fc.nat(), fc.jsonValue()),
    scope: fc.oneof(fc.string(), fc.jsonValue()),
    active: fc.oneof(fc.boolean(), fc.jsonValue()),
    exp: fc.oneof(fc.double(), fc.string(), fc.jsonValue()),
    iat: fc.oneof(
      fc.date({ noInvalidDate: true }).map((at) => at.toISOString()),
      fc.jsonValue(),
    ),
    client_id: fc.jsonValue(),
    application: fc.oneof(fc.record({ uid: fc.jsonValue() }), fc.jsonValue()),
    resource_owner_id: fc.jsonValue(),
    scopes: fc.jsonValue(),
    expires_in_seconds: fc.jsonValue(),
    error: fc.oneof(fc.string(), fc.jsonValue()),
    error_description: fc.oneof(fc.string(), fc.jsonValue()),
    error_message: fc.oneof(fc.array(fc.string()), fc.jsonValue()),
    errors: fc.oneof(fc.array(fc.string()), fc.jsonValue()),
    message: fc.jsonValue(),
  },
  { requiredKeys: [] },
);

/** JSON with the right names, any JSON, numbers that only JSON can write, any text. */
const answers = fc.oneof(
  { weight: 4, arbitrary: members.map((body) => JSON.stringify(body)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(members, fc.constantFrom('1e999', '-1e999', '1e-400', '-0'))
      .map(([body, number]) =>
        JSON.stringify({ ...body, expires_in: '#', exp: '#' }).replaceAll(
          '"#"',
          number,
        ),
      ),
  },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
);

/** What a parser gives, or the `KopoKopoError` it throws; anything else fails the test. */
function outcome<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    expect(error).toBeInstanceOf(KopoKopoError);
    expect((error as KopoKopoError).code).toBe('KOPOKOPO_RESPONSE');
    return undefined;
  }
}

function expectDate(date: Date | undefined): void {
  if (date !== undefined) expect(date.getTime()).toBeGreaterThan(0);
}

describe('any text as an answer', () => {
  it('of the token endpoint is a good token or a KopoKopoError', () => {
    let good = 0;
    fc.assert(
      fc.property(answers, (text) => {
        const token = outcome(() => parseTokenResponse(text));
        if (token === undefined) return;
        good += 1;
        expect(token.value).toMatch(B64TOKEN);
        expect(token.expiresIn).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(token.expiresIn)).toBe(true);
        expect(token.scopes.every((one) => /^[^ ]+$/.test(one))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
    expect(good).toBeGreaterThan(50);
  });

  it('of the introspection endpoint is a union on a boolean, or a KopoKopoError', () => {
    fc.assert(
      fc.property(answers, (text) => {
        const told = outcome(() => parseIntrospection(text));
        if (told === undefined) return;
        if (!told.active) {
          expect(told).toEqual({ active: false });
          return;
        }
        expectDate(told.expiresAt);
        expectDate(told.issuedAt);
        expect(told.scopes.every((one) => typeof one === 'string')).toBe(true);
        expect(typeof (told.clientId ?? '')).toBe('string');
      }),
      { numRuns: 1_000 },
    );
  });

  it('of the info endpoint is an info, or a KopoKopoError', () => {
    fc.assert(
      fc.property(answers, (text) => {
        const info = outcome(() => parseTokenInfo(text));
        if (info === undefined) return;
        expectDate(info.createdAt);
        expect(info.scopes.every((one) => typeof one === 'string')).toBe(true);
        expect(Number.isFinite(info.expiresIn ?? 0)).toBe(true);
        expect(typeof (info.clientId ?? '')).toBe('string');
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('any answer that is no 2xx', () => {
  const SECRET = 'S3cr3t/n33dle&';

  it('is a KopoKopoError whose messages are short lines without the secret', () => {
    const headers = fc.record(
      {
        'retry-after': fc.oneof(fc.string(), fc.integer().map(String)),
        'x-request-id': fc.string(),
        'www-authenticate': fc.string().map((said) => `Bearer error="${said}"`),
      },
      { requiredKeys: [] },
    );
    const bodies = fc.oneof(
      answers,
      answers.map((text) => text.replaceAll('a', SECRET)),
      fc
        .record({ error_description: fc.constant(`x ${SECRET}`) })
        .map((body) => JSON.stringify(body)),
      fc.constantFrom(undefined, null),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 300, max: 999 }),
        headers,
        bodies,
        (status, given, data) => {
          const error = toStatusError(
            { status, headers: given, data },
            { path: '/oauth/token', secrets: [SECRET], numbers: [] },
          );
          expect(error).toBeInstanceOf(KopoKopoError);
          expect(error.status).toBe(status);
          expect(error.messages.length).toBeLessThanOrEqual(20);
          for (const text of error.messages) {
            expect(text.length).toBeLessThanOrEqual(500);
            expect(text).not.toMatch(/[\r\n]/);
          }
          expect(error.retryAfter ?? 0).toBeGreaterThanOrEqual(0);
          expect(JSON.stringify(error) + error.stack).not.toContain(SECRET);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('over a real connection', () => {
  let server: RawServer;
  let shop: Shop;
  let next: { status: number; body: string; type: string };

  beforeAll(async () => {
    server = await rawServer((_request, response) => {
      const { status, body, type } = next;
      response.writeHead(status, { 'Content-Type': type }).end(body);
    });
    shop = await openShop({
      baseUrl: server.url,
      shutdown: { revoke: false },
      // Less than the pause after a token that has ended: none is asked for again.
      token: { ...QUIET.token, mintBudget: 900 },
    });
  });
  afterAll(async () => {
    await shop[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  it('any status with any body gives a token that works or a KopoKopoError', async () => {
    const status = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(200, 201, 204, 304) },
      { weight: 2, arbitrary: fc.integer({ min: 200, max: 599 }) },
    );
    const type = fc.constantFrom('application/json', 'text/html', 'x/y');
    await fc.assert(
      fc.asyncProperty(status, answers, type, async (code, body, kind) => {
        next = { status: code, body, type: kind };
        const got = await shop.tokens
          .requestToken()
          .catch((error: unknown) => error);
        if (got instanceof AccessToken) {
          expect(got.authorization).toMatch(/^Bearer [\w.~+/-]+=*$/);
          expect(Number.isFinite(got.expiresAt.getTime())).toBe(true);
          return;
        }
        expect(got).toBeInstanceOf(KopoKopoError);
      }),
      { numRuns: 300 },
    );
  });
});
