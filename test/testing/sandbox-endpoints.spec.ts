import {
  afterAll,
  afterEach,
  beforeAll,
  describe,
  expect,
  it,
} from '@jest/globals';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import {
  basic,
  bearer,
  call,
  credentials,
  FORM,
  mint,
  ping,
  post,
  requestToken,
} from './sandbox.client.js';
import type { Answer } from './sandbox.client.js';

const OTHER = { client_id: 'other-shop', client_secret: 'other-secret' };
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const INVALID_CLIENT =
  'Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.';
const AMBIGUOUS =
  'The request utilizes more than one mechanism for authenticating the client.';
const UNAUTHORIZED_REQUEST =
  'Request need to be authorized. Required parameter for authorizing request is missing or invalid.';
const REVOKE_REFUSED = {
  error: 'unauthorized_client',
  error_description: 'You are not authorized to revoke this token',
};

let sandbox: KopoKopoSandbox;
let own: { client_id: string; client_secret: string };

beforeAll(async () => {
  sandbox = await KopoKopoSandbox.start({
    api: 'scripted',
    applications: [
      { clientId: 'shop', clientSecret: 'shop-secret' },
      { clientId: OTHER.client_id, clientSecret: OTHER.client_secret },
    ],
  });
  own = credentials(sandbox);
});
afterEach(() => sandbox.reset());
afterAll(() => sandbox.stop());

function expectJson(answer: Answer, status: number, body: unknown): void {
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body)).toEqual(body);
  expect(answer.headers['content-type']).toBe(
    'application/json; charset=utf-8',
  );
}

function expectError(
  answer: Answer,
  status: number,
  error: string,
  error_description: string,
  members: object = {},
): void {
  expectJson(answer, status, { error, error_description, ...members });
  expect(answer.headers['cache-control']).toBe('no-store, no-cache');
  expect(answer.headers['www-authenticate']).toBe(
    `Bearer realm="Doorkeeper", error="${error}", error_description="${error_description}"`,
  );
}

describe('POST /oauth/token', () => {
  it('answers valid credentials with a token and nothing else', async () => {
    const before = Math.floor(Date.now() / 1000);
    const answer = await requestToken(sandbox);
    expectJson(answer, 200, {
      access_token: expect.stringMatching(/^[\w-]{43}$/),
      token_type: 'Bearer',
      expires_in: 3600,
      created_at: expect.any(Number),
    });
    const { created_at } = JSON.parse(answer.body) as { created_at: number };
    expect(Number.isInteger(created_at)).toBe(true);
    expect(created_at).toBeGreaterThanOrEqual(before);
    expect(answer.headers['cache-control']).toBe('no-store, no-cache');
    expect(answer.headers['www-authenticate']).toBeUndefined();
  });

  it('gives each request a token of its own and leaves the older ones alive', async () => {
    const first = await mint(sandbox);
    const second = await mint(sandbox);
    expect(second).not.toBe(first);
    expect(sandbox.liveTokens).toEqual([first, second]);
  });

  it.each([[{}], [{ grant_type: ' ' }]])(
    'refuses a missing grant_type before it looks at the client: %j',
    async (form) => {
      expectError(
        await post(sandbox, '/oauth/token', form),
        400,
        'invalid_request',
        'Missing required parameter: grant_type.',
      );
    },
  );

  it('refuses an unknown grant_type before it looks at the client', async () => {
    expectError(
      await post(sandbox, '/oauth/token', { grant_type: 'magic' }),
      400,
      'unsupported_grant_type',
      'The authorization grant type is not supported by the authorization server.',
    );
  });

  it.each([
    ['no credentials', {}],
    ['only a client id', { client_id: 'shop' }],
    ['only a secret', { client_secret: 'shop-secret' }],
    ['a blank secret', { client_id: 'shop', client_secret: ' ' }],
    ['an unknown client', { client_id: 'no', client_secret: 'shop-secret' }],
    ['a wrong secret', { client_id: 'shop', client_secret: 'other-secret' }],
  ])('refuses %s', async (_, as: Record<string, string>) => {
    expectError(
      await requestToken(sandbox, as),
      401,
      'invalid_client',
      INVALID_CLIENT,
    );
    expect(sandbox.issuedTokens).toEqual([]);
  });

  it('refuses any scope', async () => {
    expectError(
      await requestToken(sandbox, { ...own, scope: 'admin' }),
      400,
      'invalid_scope',
      'The requested scope is invalid, unknown, or malformed.',
    );
    expect((await requestToken(sandbox, { ...own, scope: '' })).status).toBe(
      200,
    );
  });

  it('reads a JSON body as it reads a form', async () => {
    const answer = await call(sandbox, 'POST', '/oauth/token', {
      headers: { 'Content-Type': 'application/json; charset=utf-8' },
      body: JSON.stringify({
        grant_type: 'client_credentials',
        ...own,
        scope: null,
      }),
    });
    expect(answer.status).toBe(200);
    expect(sandbox.requests[0].form).toEqual({
      grant_type: 'client_credentials',
      ...own,
    });
  });

  it.each(['{"grant_type":', '[]', '"text"', 'null'])(
    'refuses the JSON body %s as the framework does',
    async (body) => {
      const answer = await call(sandbox, 'POST', '/oauth/token', {
        headers: { 'Content-Type': 'application/json' },
        body,
      });
      expectJson(answer, 400, { status: 400, error: 'Bad Request' });
    },
  );

  it('reads no members from a body of another type', async () => {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      ...own,
    }).toString();
    for (const headers of [{ 'Content-Type': 'text/plain' }, {}]) {
      const answer = await call(sandbox, 'POST', '/oauth/token', {
        headers,
        body,
      });
      expect(answer.status).toBe(400);
    }
  });
});

describe('client credentials', () => {
  const grant = { grant_type: 'client_credentials' };

  it('are accepted in a Basic header', async () => {
    const header = basic('shop', 'shop-secret');
    expect((await post(sandbox, '/oauth/token', grant, header)).status).toBe(
      200,
    );
    expect(sandbox.requests[0].clientId).toBe('shop');
  });

  it('are not percent-decoded in a Basic header', async () => {
    const header = basic('shop', 'shop%2Dsecret');
    expectError(
      await post(sandbox, '/oauth/token', grant, header),
      401,
      'invalid_client',
      INVALID_CLIENT,
    );
  });

  it('may hold a colon in the secret of a Basic header', async () => {
    sandbox.rotateSecret('shop', ['shop-secret', 'a:b']);
    const header = basic('shop', 'a:b');
    expect((await post(sandbox, '/oauth/token', grant, header)).status).toBe(
      200,
    );
    sandbox.rotateSecret('shop', 'shop-secret');
  });

  it('are not found in a Basic header without a client id', async () => {
    const header = basic('', 'shop-secret');
    const answer = await post(
      sandbox,
      '/oauth/token',
      { ...grant, ...own },
      header,
    );
    expect(answer.status).toBe(200);
  });

  it.each([
    ['header and body', basic('shop', 'shop-secret')],
    ['header of another client and body', basic('other-shop', 'other-secret')],
    ['header without a secret and body', basic('shop', '')],
  ])('are refused when given twice: %s', async (_, header) => {
    expectError(
      await post(sandbox, '/oauth/token', { ...grant, ...own }, header),
      400,
      'invalid_request',
      AMBIGUOUS,
    );
  });

  it('are refused when the body names another client than the header', async () => {
    const header = basic('shop', 'shop-secret');
    expectError(
      await post(
        sandbox,
        '/oauth/token',
        { ...grant, client_id: 'other-shop' },
        header,
      ),
      400,
      'invalid_request',
      AMBIGUOUS,
    );
  });

  it('in a header may be joined by the same client id in the body', async () => {
    const answer = await post(
      sandbox,
      '/oauth/token',
      { ...grant, client_id: 'shop' },
      basic('shop', 'shop-secret'),
    );
    expect(answer.status).toBe(200);
  });

  it('in the body stand a stray Bearer header', async () => {
    const answer = await post(
      sandbox,
      '/oauth/token',
      { ...grant, ...own },
      bearer('null'),
    );
    expect(answer.status).toBe(200);
  });

  it('are refused by revoke and introspect too when given twice', async () => {
    const header = basic('shop', 'shop-secret');
    const revoked = await post(sandbox, '/oauth/revoke', own, header);
    expectJson(revoked, 400, {
      error: 'invalid_request',
      error_description: AMBIGUOUS,
    });
    expectError(
      await post(sandbox, '/oauth/introspect', own, header),
      400,
      'invalid_request',
      AMBIGUOUS,
    );
  });
});

describe('POST /oauth/revoke', () => {
  const revoke = (form: Record<string, string>) =>
    post(sandbox, '/oauth/revoke', form);

  it('revokes an own live token', async () => {
    const token = await mint(sandbox);
    const answer = await revoke({ ...own, token });
    expectJson(answer, 200, {});
    expect(answer.headers['cache-control']).toBe('no-store, no-cache');
    expect(sandbox.liveTokens).toEqual([]);
    expect((await ping(sandbox, token)).status).toBe(401);
  });

  it('answers 200 for an own token that was revoked or has expired', async () => {
    const revoked = await mint(sandbox);
    const expired = await mint(sandbox);
    sandbox.revokeToken(revoked);
    sandbox.expireToken(expired);
    expectJson(await revoke({ ...own, token: revoked }), 200, {});
    expectJson(await revoke({ ...own, token: expired }), 200, {});
  });

  it('answers 200 for an unknown token', async () => {
    expectJson(await revoke({ ...own, token: 'unknown' }), 200, {});
  });

  it('answers 200 when the token is missing', async () => {
    expectJson(await revoke(own), 200, {});
  });

  it.each(['live', 'revoked'])(
    'refuses a %s token of another client and leaves it as it is',
    async (state) => {
      const token = await mint(sandbox, OTHER);
      if (state === 'revoked') {
        sandbox.revokeToken(token);
      }
      const live = sandbox.liveTokens;
      const answer = await revoke({ ...own, token });
      expectJson(answer, 403, REVOKE_REFUSED);
      expect(answer.headers['www-authenticate']).toBeUndefined();
      expect(answer.headers['cache-control']).toBe('no-store, no-cache');
      expect(sandbox.liveTokens).toEqual(live);
    },
  );

  it.each([
    ['no credentials', {}],
    ['wrong credentials', { client_id: 'shop', client_secret: 'wrong' }],
  ])('refuses %s before it looks at the token', async (_, as) => {
    const token = await mint(sandbox);
    expectJson(
      await revoke({ ...as, token } as Record<string, string>),
      403,
      REVOKE_REFUSED,
    );
    expectJson(
      await revoke({ ...as, token: 'unknown' } as Record<string, string>),
      403,
      REVOKE_REFUSED,
    );
    expect(sandbox.liveTokens).toEqual([token]);
  });

  it('finds nothing when the hint says refresh_token, and answers 200', async () => {
    const token = await mint(sandbox);
    const hint = { token_type_hint: 'refresh_token' };
    expectJson(await revoke({ ...own, token, ...hint }), 200, {});
    expect(sandbox.liveTokens).toEqual([token]);
  });
});

describe('POST /oauth/introspect', () => {
  const introspect = (form: Record<string, string>, headers = {}) =>
    post(sandbox, '/oauth/introspect', form, headers);

  function activeBody() {
    const { exp, iat } = { exp: expect.any(Number), iat: expect.any(Number) };
    const members = { client_id: 'shop', token_type: 'Bearer', exp, iat };
    return { active: true, scope: '', ...members };
  }

  it('describes an own live token', async () => {
    const token = await mint(sandbox);
    const answer = await introspect({ ...own, token });
    expectJson(answer, 200, activeBody());
    const { exp, iat } = JSON.parse(answer.body) as Record<string, number>;
    expect(exp - iat).toBe(3600);
    expect(Number.isInteger(iat)).toBe(true);
    expect(answer.headers['cache-control']).toBe('no-store, no-cache');
  });

  it('says only that it is not active of a token that is expired, revoked, unknown, missing or another client’s', async () => {
    const expired = await mint(sandbox);
    const revoked = await mint(sandbox);
    const foreign = await mint(sandbox, OTHER);
    sandbox.expireToken(expired);
    sandbox.revokeToken(revoked);
    for (const token of [expired, revoked, 'unknown', '', foreign]) {
      const answer = await introspect({ ...own, token });
      expectJson(answer, 200, { active: false });
    }
    expectJson(await introspect(own), 200, { active: false });
  });

  it('refuses bad client credentials', async () => {
    const token = await mint(sandbox);
    expectError(
      await introspect({ client_id: 'shop', client_secret: 'wrong', token }),
      401,
      'invalid_client',
      INVALID_CLIENT,
    );
  });

  it('refuses a request without any credentials', async () => {
    const token = await mint(sandbox);
    expectError(
      await introspect({ token }),
      400,
      'invalid_request',
      UNAUTHORIZED_REQUEST,
    );
  });

  it('accepts a live bearer of the same client in place of credentials', async () => {
    const asking = await mint(sandbox);
    const token = await mint(sandbox);
    expectJson(await introspect({ token }, bearer(asking)), 200, activeBody());
    sandbox.expireToken(token);
    expectJson(await introspect({ token }, bearer(asking)), 200, {
      active: false,
    });
    expect(sandbox.requests.at(-1)?.clientId).toBe('shop');
  });

  it('lets the bearer speak beside a client id without a secret', async () => {
    const asking = await mint(sandbox);
    const token = await mint(sandbox);
    const form = { client_id: 'shop', token };
    expectJson(await introspect(form, bearer(asking)), 200, activeBody());
  });

  it('refuses a bearer that asks about itself', async () => {
    const token = await mint(sandbox);
    expectError(
      await introspect({ token }, bearer(token)),
      401,
      'invalid_token',
      'The access token is invalid',
      { state: 'unauthorized' },
    );
  });

  it('refuses a bearer that asks about another client’s, an unknown or no token', async () => {
    const asking = await mint(sandbox, OTHER);
    const token = await mint(sandbox);
    for (const form of [{ token }, { token: 'unknown' }, {}]) {
      expectError(
        await introspect(form as Record<string, string>, bearer(asking)),
        401,
        'invalid_token',
        'The access token is invalid',
        { state: 'unauthorized' },
      );
    }
  });

  it('refuses a bearer that is revoked or has expired, and says which', async () => {
    const asking = await mint(sandbox);
    const token = await mint(sandbox);
    sandbox.expireToken(asking);
    expectError(
      await introspect({ token }, bearer(asking)),
      401,
      'invalid_token',
      'The access token expired',
      { state: 'unauthorized' },
    );
    sandbox.revokeToken(asking);
    expectError(
      await introspect({ token }, bearer(asking)),
      401,
      'invalid_token',
      'The access token was revoked',
      { state: 'unauthorized' },
    );
  });

  it('takes an unknown bearer for no credentials', async () => {
    const token = await mint(sandbox);
    expectError(
      await introspect({ token }, bearer('unknown')),
      400,
      'invalid_request',
      UNAUTHORIZED_REQUEST,
    );
  });
});

describe('GET /oauth/token/info', () => {
  const info = (headers = {}) =>
    call(sandbox, 'GET', '/oauth/token/info', { headers });

  it('describes the live token that asks', async () => {
    const answer = await info(bearer(await mint(sandbox)));
    expectJson(answer, 200, {
      resource_owner_id: null,
      scope: [],
      expires_in: expect.any(Number),
      application: { uid: 'shop' },
      created_at: expect.any(Number),
    });
    const { expires_in } = JSON.parse(answer.body) as { expires_in: number };
    expect(expires_in).toBeLessThanOrEqual(3600);
    expect(Number.isInteger(expires_in)).toBe(true);
    expect(sandbox.requests.at(-1)?.clientId).toBe('shop');
  });

  it('does not tell a missing, unknown, expired or revoked token apart', async () => {
    const expired = await mint(sandbox);
    const revoked = await mint(sandbox);
    sandbox.expireToken(expired);
    sandbox.revokeToken(revoked);
    const headers = [expired, revoked, 'unknown'].map(bearer);
    for (const header of [...headers, {}]) {
      expectError(
        await info(header),
        401,
        'invalid_token',
        'The access token is invalid',
        { state: 'unauthorized' },
      );
    }
  });
});

describe('/api', () => {
  const create = (token: string, path: string, body: string) =>
    call(sandbox, 'POST', path, {
      headers: { 'Content-Type': 'application/json', ...bearer(token) },
      body,
    });

  it.each(['/api/v2/ping', '/api/v1/ping', '/api/v2/pings/ping'])(
    'answers GET %s to a live bearer',
    async (path) => {
      const headers = bearer(await mint(sandbox));
      const answer = await call(sandbox, 'GET', path, { headers });
      expectJson(answer, 200, {
        data: { id: 'ping', type: 'ping', attributes: {} },
      });
    },
  );

  it('says in the challenge why a bearer is refused, with an empty body', async () => {
    const expired = await mint(sandbox);
    const revoked = await mint(sandbox);
    sandbox.expireToken(expired);
    sandbox.revokeToken(revoked);
    const cases = [
      [expired, 'The access token expired'],
      [revoked, 'The access token was revoked'],
      ['unknown', 'The access token is invalid'],
      ['', 'The access token is invalid'],
    ];
    for (const [token, description] of cases) {
      const answer = await ping(sandbox, token);
      expect([answer.status, answer.body]).toEqual([401, '']);
      expect(answer.headers['www-authenticate']).toBe(
        `Bearer realm="Doorkeeper", error="invalid_token", error_description="${description}"`,
      );
    }
  });

  it('accepts a POST, tells where it is and gives it back', async () => {
    const token = await mint(sandbox);
    const body = { amount: 10, metadata: { order: 'a1' } };
    const answer = await create(
      token,
      '/api/v2/incoming_payments',
      JSON.stringify(body),
    );
    expect([answer.status, answer.body]).toEqual([201, '']);
    const [{ id }] = sandbox.created;
    expect(id).toMatch(UUID);
    expect(answer.headers.location).toBe(
      `${sandbox.url}/api/v2/incoming_payments/${id}`,
    );
    expect(sandbox.created).toEqual([
      { resource: 'incoming_payments', id, body, clientId: 'shop' },
    ]);
    const path = `/api/v2/incoming_payments/${id}`;
    const found = await call(sandbox, 'GET', path, { headers: bearer(token) });
    expectJson(found, 200, {
      data: {
        id,
        type: 'incoming_payment',
        attributes: { status: 'Pending', ...body },
      },
    });
  });

  it('hides what was created from other clients and other resources', async () => {
    const token = await mint(sandbox);
    const foreign = await mint(sandbox, OTHER);
    await create(token, '/api/v1/payments', '{}');
    const [{ id }] = sandbox.created;
    const get = (path: string, as: string) =>
      call(sandbox, 'GET', path, { headers: bearer(as) });
    expect((await get(`/api/v1/payments/${id}`, token)).status).toBe(200);
    expect((await get(`/api/v1/payments/${id}`, foreign)).status).toBe(404);
    expect((await get(`/api/v1/reversals/${id}`, token)).status).toBe(404);
  });

  it.each(['', '{"amount":', '[1]', '"text"', 'null', '1'])(
    'refuses a POST whose body is %j',
    async (body) => {
      const token = await mint(sandbox);
      const answer = await create(token, '/api/v2/incoming_payments', body);
      expectJson(answer, 400, {
        error_code: 400,
        error_message: 'The request body is not a JSON object',
      });
      expect(sandbox.created).toEqual([]);
    },
  );

  it('accepts nothing from a dead bearer', async () => {
    const token = await mint(sandbox);
    sandbox.revokeToken(token);
    const answer = await create(token, '/api/v2/send_money', '{}');
    expect(answer.status).toBe(401);
    expect(sandbox.created).toEqual([]);
  });

  it.each([
    ['PUT', '/api/v2/incoming_payments'],
    ['POST', '/api/v2/payment_links/1/cancel'],
  ])('does not know %s %s', async (method, path) => {
    const headers = bearer(await mint(sandbox));
    expect((await call(sandbox, method, path, { headers })).status).toBe(404);
  });
});

describe('any other request', () => {
  it.each([
    ['GET', '/oauth/token'],
    ['POST', '/oauth/token/info'],
    ['GET', '/'],
    ['GET', '/api/v3/ping'],
    ['GET', '/api/v2/'],
  ])('%s %s is not found', async (method, path) => {
    const answer = await call(sandbox, method, path);
    expectJson(answer, 404, { status: 404, error: 'Not Found' });
    expect(sandbox.counters.other).toBe(1);
  });

  it('is stopped at the edge without a User-Agent, whatever its route', async () => {
    for (const [method, path] of [
      ['POST', '/oauth/token'],
      ['POST', '/oauth/revoke'],
      ['POST', '/oauth/introspect'],
      ['GET', '/oauth/token/info'],
      ['GET', '/api/v2/ping'],
      ['GET', '/'],
    ]) {
      const headers = { 'Content-Type': FORM };
      const body = new URLSearchParams({
        grant_type: 'client_credentials',
        ...own,
      }).toString();
      const answer = await call(sandbox, method, path, {
        headers,
        body: method === 'POST' ? body : '',
        userAgent: '',
      });
      expect([answer.status, answer.body]).toEqual([403, '']);
    }
    expect(sandbox.issuedTokens).toEqual([]);
    expect(sandbox.requests).toHaveLength(6);
  });
});
