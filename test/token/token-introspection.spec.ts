import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
} from '@jest/globals';
import { failureOf, openShop, type Shop } from '../support/boot.js';

describe('what the server says of a token', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop();
  });
  beforeEach(async () => {
    await shop.tokens.revokeToken();
    shop.sandbox.reset();
  });
  afterAll(() => shop[Symbol.asyncDispose]());

  describe('introspectToken', () => {
    it('gives the members of a live token, of the cached one by default', async () => {
      const { tokens, sandbox } = shop;
      const told = await tokens.introspectToken();
      expect(told).toEqual({
        active: true,
        scopes: [],
        clientId: sandbox.clientId,
        tokenType: 'Bearer',
        expiresAt: expect.any(Date),
        issuedAt: expect.any(Date),
      });
      const { expiresAt } = tokens.peekToken()!;
      if (told.active) {
        const apart = told.expiresAt!.getTime() - expiresAt.getTime();
        expect(Math.abs(apart)).toBeLessThan(60_000);
      }
      expect(sandbox.counters).toMatchObject({ token: 1, introspect: 1 });
    });

    it('gives active: false and nothing else for any other', async () => {
      const { tokens } = shop;
      expect(await tokens.introspectToken('unknown')).toEqual({
        active: false,
      });
      const own = await tokens.requestToken();
      await tokens.revokeToken(own);
      expect(await tokens.introspectToken(own)).toEqual({ active: false });
    });

    it.each<[unknown, string | undefined]>([
      [1_790_000_000, '2026-09-21T14:13:20.000Z'],
      ['1790000000', '2026-09-21T14:13:20.000Z'],
      ['2026-09-21T17:13:20+03:00', '2026-09-21T14:13:20.000Z'],
      [1_790_000_000.5, '2026-09-21T14:13:20.500Z'],
      [0, undefined],
      ['', undefined],
      ['tomorrow', undefined],
      [null, undefined],
      [[1], undefined],
      [1e300, undefined],
    ])('reads a time written as %j', async (time, iso) => {
      const body = { active: true, exp: time, iat: time, scope: 'a  b' };
      shop.sandbox.failNext('introspect', { kind: 'json', body });
      expect(await shop.tokens.introspectToken('any')).toEqual({
        active: true,
        scopes: ['a', 'b'],
        ...(iso && { expiresAt: new Date(iso), issuedAt: new Date(iso) }),
      });
    });

    it.each(['{}', '{"active":"true"}', '[]', 'null', '', '<html>'])(
      'does not guess from %j',
      async (body) => {
        shop.sandbox.failNext('introspect', { kind: 'text', body });
        expect(
          await failureOf(shop.tokens.introspectToken('any')),
        ).toMatchObject({ code: 'KOPOKOPO_RESPONSE', outcome: 'unknown' });
      },
    );
  });

  describe('getTokenInfo', () => {
    it('says what the server says to the bearer, of the cached token by default', async () => {
      const { tokens, sandbox } = shop;
      expect(await tokens.getTokenInfo()).toEqual({
        scopes: [],
        resourceOwnerId: null,
        expiresIn: expect.any(Number),
        clientId: sandbox.clientId,
        createdAt: expect.any(Date),
      });
    });

    it('rejects with an authentication error for a token that does not work', async () => {
      const own = await shop.tokens.requestToken();
      await shop.tokens.revokeToken(own);
      expect(await failureOf(shop.tokens.getTokenInfo(own))).toMatchObject({
        code: 'KOPOKOPO_AUTHENTICATION',
        oauthError: 'invalid_token',
        status: 401,
      });
    });

    it('reads the members of Doorkeeper 4, and does without those that are missing', async () => {
      const info = (body: object) => {
        shop.sandbox.failNext('tokenInfo', { kind: 'json', body });
        return shop.tokens.getTokenInfo('any');
      };
      expect(
        await info({
          scopes: ['a', 7, 'b c'],
          expires_in_seconds: 12,
          application: { uid: 'cl' },
          created_at: '2026-09-21T14:13:20Z',
          resource_owner_id: 5,
        }),
      ).toEqual({
        scopes: ['a', 'b', 'c'],
        expiresIn: 12,
        clientId: 'cl',
        createdAt: new Date('2026-09-21T14:13:20Z'),
        resourceOwnerId: 5,
      });
      expect(await info({ application: null, expires_in: '9' })).toEqual({
        scopes: [],
        resourceOwnerId: null,
      });
      shop.sandbox.failNext('tokenInfo', { kind: 'html' });
      expect(await failureOf(shop.tokens.getTokenInfo('any'))).toMatchObject({
        code: 'KOPOKOPO_RESPONSE',
      });
    });
  });
});
