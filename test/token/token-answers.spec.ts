import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KopoKopoError } from '../../lib/index.js';
import type { SandboxFault } from '../../lib/testing/index.js';
import {
  failureOf,
  LogBook,
  openShop,
  QUIET,
  type Shop,
} from '../support/boot.js';

const GOOD = {
  access_token: 'qX3~good.token_value-1+/=',
  token_type: 'Bearer',
  expires_in: 3600,
  created_at: 1_790_000_000,
};
const HOUR = 3_600_000;
const DAY = 86_400_000;

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop[Symbol.asyncDispose]());

async function mint(fault: SandboxFault) {
  shop.sandbox.failNext('token', fault);
  return shop.tokens.requestToken();
}

/** As text, because JSON.stringify can't write all that a server can. */
function bodyWith(members: string): SandboxFault {
  const rest = JSON.stringify({ ...GOOD, expires_in: undefined }).slice(1);
  return { kind: 'text', body: `{${members}${members && ','}${rest}` };
}

describe('expires_in', () => {
  it.each<[string, number]>([
    ['"expires_in":60', 60_000],
    ['"expires_in":0.5', 500],
    ['"expires_in":"60"', 60_000],
    ['"expires_in":"60.5"', 60_500],
    ['', HOUR],
    ['"expires_in":null', HOUR],
    ['"expires_in":86400', DAY],
    ['"expires_in":86401', HOUR],
    ['"expires_in":315360000', HOUR],
    ['"expires_in":1e12', HOUR],
    ['"expires_in":1e308', HOUR],
    ['"expires_in":1e999', HOUR],
    ['"expires_in":"99999999999999999999"', HOUR],
  ])('%s gives a token a life of %i ms', async (members, life) => {
    const token = await mint(bodyWith(members));
    expect(token.value).toBe(GOOD.access_token);
    expect(token.expiresAt.getTime() - token.issuedAt.getTime()).toBe(life);
  });

  it.each([
    '-1',
    '-1e999',
    '"-60"',
    '"soon"',
    '""',
    '" 60"',
    '"1e3"',
    '"NaN"',
    '"Infinity"',
    'true',
    '[60]',
    '{}',
  ])('%s is refused', async (written) => {
    const error = await failureOf(mint(bodyWith(`"expires_in":${written}`)));
    expect(error).toMatchObject({
      code: 'KOPOKOPO_RESPONSE',
      outcome: 'unknown',
      message:
        'The token answer of Kopo Kopo has an expires_in that is not a positive number.',
    });
  });
});

describe('a token that has ended when it arrives', () => {
  it.each(['0', '"0"', '0.0'])(
    'with a life of %s is asked for again when it has ended, and its caller waits',
    async (written) => {
      const { sandbox, tokens } = shop;
      const asked = sandbox.counters.token;
      sandbox.failNext('token', bodyWith(`"expires_in":${written}`));
      const token = await tokens.requestToken();
      expect(sandbox.liveTokens).toContain(token.value);
      expect(sandbox.counters.token).toBe(asked + 2);
    },
  );

  it('is an error that may be tried again once the mint budget is used up', async () => {
    await using impatient = await openShop({
      token: { ...QUIET.token, mintBudget: 900 },
    });
    impatient.sandbox.failAlways('token', bodyWith('"expires_in":0'));
    const error = await failureOf(impatient.tokens.getToken());
    expect(error).toMatchObject({ code: 'KOPOKOPO_RESPONSE', retryable: true });
    expect(impatient.sandbox.counters.token).toBe(1);
    impatient.sandbox.clearFaults();
  });
});

describe('token_type', () => {
  it.each(['Bearer', 'bearer', 'BEARER', undefined])(
    '%p is taken',
    async (token_type) => {
      const body = { ...GOOD, token_type };
      const token = await mint({ kind: 'json', body });
      expect(token.authorization).toBe(`Bearer ${GOOD.access_token}`);
    },
  );

  it.each(['mac', 'DPoP', '', ' Bearer', null, 7, ['Bearer']])(
    '%p is refused',
    async (token_type) => {
      const body = { ...GOOD, token_type };
      const error = await failureOf(mint({ kind: 'json', body }));
      expect(error.message).toBe(
        'The token answer of Kopo Kopo has a token_type that is not bearer.',
      );
    },
  );
});

describe('access_token', () => {
  it.each<[string, unknown]>([
    ['left out', undefined],
    ['null', null],
    ['empty', ''],
    ['a number', 12_345],
    ['a list', ['token']],
    ['an object', { value: 'token' }],
    ['with a line end', 'token\r\nX-Evil: 1'],
    ['with a line end at its end', 'token\n'],
    ['with a space', 'two words'],
    ['with a NUL', 'tok\u0000en'],
    ['with a quote', 'tok"en'],
    ['not ASCII', 'tokén'],
    ['padding only', '=='],
    ['padding inside', 'to=ken'],
    ['too long', 'x'.repeat(8_193)],
  ])('%s is refused', async (_name, access_token) => {
    const body = { ...GOOD, access_token };
    const error = await failureOf(mint({ kind: 'json', body }));
    expect(error).toMatchObject({
      code: 'KOPOKOPO_RESPONSE',
      message: 'The token answer of Kopo Kopo has no usable access_token.',
      retryable: false,
    });
  });

  it('of 8,192 characters is taken', async () => {
    const body = { ...GOOD, access_token: 'x'.repeat(8_192) };
    expect((await mint({ kind: 'json', body })).value).toHaveLength(8_192);
  });
});

describe('scope', () => {
  it.each<[unknown, string[]]>([
    ['read  write', ['read', 'write']],
    ['', []],
    [null, []],
    [7, []],
  ])('%j is %j', async (scope, scopes) => {
    const token = await mint({ kind: 'json', body: { ...GOOD, scope } });
    expect(token.scopes).toEqual(scopes);
  });
});

describe('a 200 that is no token answer', () => {
  it.each<[string, SandboxFault]>([
    ['HTML', { kind: 'html' }],
    ['nothing', { kind: 'status', status: 200 }],
    ['204', { kind: 'status', status: 204 }],
    ['a JSON list', { kind: 'json', body: [GOOD] }],
    ['a JSON text', { kind: 'json', body: GOOD.access_token }],
    ['null', { kind: 'json', body: null }],
    ['cut JSON', { kind: 'text', body: JSON.stringify(GOOD).slice(0, -1) }],
    ['two objects', { kind: 'text', body: '{}{}' }],
    ['a form', { kind: 'text', body: 'access_token=abc&token_type=bearer' }],
  ])('%s is refused', async (_name, fault) => {
    expect(await failureOf(mint(fault))).toMatchObject({
      code: 'KOPOKOPO_RESPONSE',
      message: 'The token answer of Kopo Kopo is not a JSON object.',
    });
  });

  it('is not asked for again: the server may mint at each call', async () => {
    await using patient = await openShop({ token: { prefetch: 'off' } });
    patient.sandbox.failAlways('token', { kind: 'html' });
    await failureOf(patient.tokens.requestToken());
    expect(patient.sandbox.counters.token).toBe(1);
    patient.sandbox.clearFaults();
  });

  it('JSON under another content type is read all the same', async () => {
    const token = await mint({
      kind: 'text',
      body: JSON.stringify(GOOD),
      contentType: 'text/html',
    });
    expect(token.value).toBe(GOOD.access_token);
  });
});

describe('a malformed answer that carries a usable token', () => {
  it('is refused, and its token is revoked at shutdown', async () => {
    const log = new LogBook();
    const odd = await openShop({}, {}, log);
    const { sandbox, tokens, app } = odd;
    const orphans = ['orphan-of-expiry', 'orphan-of-type'];
    sandbox.failNext('token', {
      kind: 'json',
      body: { ...GOOD, access_token: orphans[0], expires_in: -1 },
    });
    sandbox.failNext('token', {
      kind: 'json',
      body: { ...GOOD, access_token: orphans[1], token_type: 'mac' },
    });
    const errors = [
      await failureOf(tokens.requestToken()),
      await failureOf(tokens.requestToken()),
    ] as KopoKopoError[];
    for (const { code, message } of errors) {
      expect(code).toBe('KOPOKOPO_RESPONSE');
      expect(message).not.toContain('orphan');
    }
    await app.close();
    const revoked = sandbox.requests
      .filter(({ route }) => route === 'revoke')
      .map(({ form }) => form.token);
    expect(revoked.toSorted()).toEqual(orphans);
    expect(log.of('log').join()).toContain('Revoked 2 access tokens');
    await sandbox.stop();
  });
});
