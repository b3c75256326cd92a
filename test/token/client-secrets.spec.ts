import { describe, expect, it } from '@jest/globals';
import type { KopoKopoError } from '../../lib/index.js';
import { failureOf, LogBook, openShop } from '../support/boot.js';

const ID = 'cl_rotating';
const world = (...secrets: string[]) => ({
  applications: [{ clientId: ID, clientSecret: secrets }],
});

/** An app whose secrets are these, at a server that takes those. */
function rotating(mine: string | string[], ...theirs: string[]) {
  const log = new LogBook();
  return openShop(
    { clientId: ID, clientSecret: mine },
    world(...theirs),
    log,
  ).then((shop) => ({ shop, log }));
}

const sent = (requests: readonly { body: string }[]) =>
  requests.map(({ body }) => new URLSearchParams(body).get('client_secret'));

describe('a list of secrets', () => {
  it('falls back to the next one on invalid_client, once, and remembers what worked', async () => {
    const { shop, log } = await rotating(['old', 'new'], 'new');
    await using opened = shop;
    const { sandbox, tokens } = opened;
    await tokens.requestToken();
    expect(sent(sandbox.requests)).toEqual(['old', 'new']);
    const own = await tokens.requestToken();
    await tokens.introspectToken(own);
    await tokens.revokeToken(own);
    expect(sent(sandbox.requests)).toEqual(['old', 'new', 'new', 'new', 'new']);
    // No app here listens for signals, which a slow machine gets to say.
    const warned = log.of('warn').filter((line) => !line.includes('SIGTERM'));
    expect(warned).toEqual([
      expect.stringContaining('number 2 of the list worked'),
    ]);
    expect(log.lines.join()).not.toMatch(/\bold\b|\bnew\b/);
  });

  it('goes round: the first works again after a rotation back', async () => {
    const { shop } = await rotating(['one', 'two', 'three'], 'three');
    await using opened = shop;
    const { sandbox, tokens } = opened;
    await tokens.requestToken();
    sandbox.rotateSecret(ID, 'one');
    await tokens.requestToken();
    expect(sent(sandbox.requests)).toEqual([
      'one',
      'two',
      'three',
      'three',
      'one',
    ]);
  });

  it('does not take the time of a refusal off the life of the token', async () => {
    const { shop } = await rotating(['old', 'new'], 'new');
    await using opened = shop;
    opened.sandbox.failNext('token', { kind: 'delay', ms: 300 });
    const { issuedAt } = await opened.tokens.requestToken();
    const refused = opened.sandbox.requests[0]!.at;
    expect(issuedAt.getTime() - refused.getTime()).toBeGreaterThan(200);
  });

  it('of which none works is tried once each, and the error is that of the server', async () => {
    const { shop } = await rotating(['one', 'two'], 'three');
    await using opened = shop;
    expect(await failureOf(opened.tokens.requestToken())).toMatchObject({
      code: 'KOPOKOPO_AUTHENTICATION',
      oauthError: 'invalid_client',
    });
    expect(sent(opened.sandbox.requests)).toEqual(['one', 'two']);
  });

  it('is not gone through for a failure of another kind', async () => {
    const { shop } = await rotating(['one', 'two'], 'one', 'two');
    await using opened = shop;
    for (const status of [400, 403, 429, 500]) {
      opened.sandbox.failNext('token', { kind: 'status', status });
      expect(await failureOf(opened.tokens.requestToken())).toMatchObject({
        status,
      });
    }
    expect(new Set(sent(opened.sandbox.requests))).toEqual(new Set(['one']));
  });

  it('serves revocation too, where Doorkeeper answers wrong credentials with 403', async () => {
    const { shop } = await rotating(['old', 'new'], 'old');
    await using opened = shop;
    const { sandbox, tokens } = opened;
    await tokens.getToken();
    sandbox.rotateSecret(ID, 'new');
    await tokens.revokeToken();
    expect(sandbox.liveTokens).toEqual([]);
  });

  it('is a copy of the one the app handed in: emptying that one changes nothing', async () => {
    const mine = ['old', 'new'];
    const { shop } = await rotating(mine, 'new');
    await using opened = shop;
    mine.length = 0;
    expect((await opened.tokens.requestToken()).isExpired()).toBe(false);
    expect(sent(opened.sandbox.requests)).toEqual(['old', 'new']);
  });
});

describe('a function for the secret', () => {
  async function mintWith(
    clientSecret: () => string | Promise<string>,
  ): Promise<KopoKopoError> {
    await using shop = await openShop({
      clientId: ID,
      clientSecret,
      timeout: 100,
    });
    const error = await failureOf(shop.tokens.requestToken());
    expect(shop.sandbox.requests).toEqual([]);
    return error as KopoKopoError;
  }

  it('is asked again for each token', async () => {
    const secrets = ['first', 'second', 'second'];
    let asked = 0;
    await using shop = await openShop(
      { clientId: ID, clientSecret: async () => secrets[asked++]! },
      world('first', 'second'),
    );
    await shop.tokens.requestToken();
    await shop.tokens.getToken();
    await shop.tokens.getToken();
    expect(sent(shop.sandbox.requests)).toEqual(['first', 'second']);
  });

  it.each<[string, () => string | Promise<string>]>([
    [
      'throws',
      () => {
        throw new Error('vault says: top-secret');
      },
    ],
    ['rejects', () => Promise.reject(new Error('vault says: top-secret'))],
  ])(
    'that %s is a configuration error without its words',
    async (_name, source) => {
      const error = await mintWith(source);
      expect(error).toMatchObject({
        code: 'KOPOKOPO_CONFIGURATION',
        message: 'The clientSecret function failed.',
        retryable: true,
        outcome: 'not-sent',
      });
      expect(error.cause).toBeUndefined();
    },
  );

  it('that hangs is given up within the time of one attempt', async () => {
    expect(await mintWith(() => new Promise(() => {}))).toMatchObject({
      code: 'KOPOKOPO_TIMEOUT',
      outcome: 'not-sent',
      message: 'The clientSecret function gave nothing within 100 ms.',
    });
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'must be a text'],
    ['a list', ['a', 'b'], 'must be a text'],
    ['an empty text', '', 'is missing'],
    [
      'a text with a line end',
      'top-secret\n',
      'has white space around it; remove it',
    ],
    [
      'a text with a NUL',
      'top\u0000secret',
      'has the invisible character U+0000 in it; remove it',
    ],
  ])(
    'that gives %s is a configuration error that says so',
    async (_name, garbage, why) => {
      const error = await mintWith(() => garbage as string);
      expect(error).toMatchObject({
        code: 'KOPOKOPO_CONFIGURATION',
        message: `What the clientSecret function gave ${why}.`,
        retryable: false,
      });
    },
  );

  it('that fails once is asked again within the budget', async () => {
    let asked = 0;
    await using shop = await openShop(
      {
        clientId: ID,
        clientSecret: () => {
          if (asked++ === 0) throw new Error('vault is sealed');
          return 'good';
        },
        token: { prefetch: 'off', mintAttempts: 2 },
      },
      world('good'),
    );
    await shop.tokens.getToken();
    expect(asked).toBe(2);
  });

  it.each<[string, () => string | Promise<string>]>([
    ['throws', () => Promise.reject(new Error('vault is sealed'))],
    ['hangs', () => new Promise(() => {})],
    ['gives garbage', () => ''],
  ])(
    'that %s on shutdown keeps no token alive: the secret that worked gives it back',
    async (_name, failing) => {
      let source: () => string | Promise<string> = () => 'good';
      const shop = await openShop(
        {
          clientId: ID,
          clientSecret: () => source(),
          shutdown: { timeout: 2_000 },
        },
        world('good'),
      );
      await shop.tokens.getToken();
      source = failing;
      await shop.app.close();
      expect(shop.sandbox.liveTokens).toEqual([]);
      await shop.sandbox.stop();
    },
  );
});
