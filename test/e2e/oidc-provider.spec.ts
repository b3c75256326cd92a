import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AccessToken,
  KopoKopoAuthenticationError,
  KopoKopoModule,
  type KopoKopoModuleOptions,
  TokenService,
} from '../../lib/index.js';
import {
  type ForeignOAuthServer,
  startForeignOAuthServer,
} from '../support/foreign-oauth-server.js';

const CLIENT = { clientId: 'shop', clientSecret: 'secret-of-the-shop' };

let server: ForeignOAuthServer;

beforeAll(async () => {
  server = await startForeignOAuthServer(CLIENT);
});

afterAll(() => server.stop());

function app(
  options: Partial<KopoKopoModuleOptions> = {},
): Promise<INestApplicationContext> {
  const kopokopo = KopoKopoModule.forRoot({
    baseUrl: server.url,
    ...CLIENT,
    token: { prefetch: 'off' },
    ...options,
  });
  return NestFactory.createApplicationContext(kopokopo, { logger: false });
}

describe('with an OAuth server that this project did not write', () => {
  it('a token is minted, introspected, revoked and then inactive', async () => {
    const context = await app();
    const tokens = context.get(TokenService);

    const before = Date.now();
    const token = await tokens.getToken();
    expect(token).toBeInstanceOf(AccessToken);
    expect(token.type).toBe('Bearer');
    const life = token.expiresAt.getTime() - before;
    expect(Math.abs(life - 1_800_000)).toBeLessThan(60_000);

    const alive = await tokens.introspectToken(token);
    expect(alive).toMatchObject({ active: true, clientId: CLIENT.clientId });

    await tokens.revokeToken(token);
    expect(tokens.peekToken()).toBeUndefined();
    expect(await tokens.introspectToken(token)).toEqual({ active: false });

    const next = await tokens.getToken();
    expect(next.value).not.toBe(token.value);
    await context.close();
  });

  it('a shutdown leaves none of its tokens active', async () => {
    const context = await app();
    const tokens = context.get(TokenService);
    const held = [await tokens.getToken(), await tokens.requestToken()];
    await context.close();

    const witness = await app();
    for (const token of held) {
      const status = await witness
        .get(TokenService)
        .introspectToken(token.value);
      expect(status).toEqual({ active: false });
    }
    await witness.close();
  });

  it('a token that was never handed out is inactive, and revoking it is no error', async () => {
    const context = await app();
    const tokens = context.get(TokenService);
    await expect(tokens.revokeToken('never-handed-out')).resolves.toBe(
      undefined,
    );
    expect(await tokens.introspectToken('never-handed-out')).toEqual({
      active: false,
    });
    await context.close();
  });

  it('wrong credentials are an authentication error, sent once', async () => {
    const context = await app({ clientSecret: 'another-secret' });
    const before = server.answered.length;
    await expect(context.get(TokenService).getToken()).rejects.toThrow(
      KopoKopoAuthenticationError,
    );
    expect(server.answered.slice(before)).toEqual(['/oauth/token 401']);
    await context.close();
  });

  it('a list of secrets finds the one that works', async () => {
    const clientSecret = ['the-retired-secret', CLIENT.clientSecret];
    const context = await app({ clientSecret });
    const tokens = context.get(TokenService);
    const before = server.answered.length;
    await tokens.getToken();
    await tokens.introspectToken();
    await context.close();
    expect(server.answered.slice(before)).toEqual([
      '/oauth/token 401',
      '/oauth/token 200',
      '/oauth/introspect 200',
      '/oauth/revoke 200',
    ]);
  });
});
