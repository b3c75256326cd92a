import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import { execFile } from 'node:child_process';
import http from 'node:http';
import https from 'node:https';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { failureOf, openShop } from '../support/boot.js';
import { type RawServer, rawServer } from '../support/raw-server.js';
import { eventually } from '../support/redis-fleet.js';
import { SHORT_LIVED } from '../support/short-lived.js';
import { TEST_CERTIFICATE } from '../support/test-certificate.js';

const TOKEN = '{"access_token":"a-token-of-the-impostor","expires_in":3600}';

/** A server that calls itself Kopo Kopo, with a certificate that nobody vouches for. */
let impostor: RawServer;

beforeEach(async () => {
  impostor = await rawServer(
    (_request, response) => response.end(TOKEN),
    TEST_CERTIFICATE,
  );
});
afterEach(() => impostor[Symbol.asyncDispose]());

/** Is the secret kept from the impostor? */
async function expectKept(): Promise<void> {
  await using shop = await openShop({ baseUrl: impostor.url });
  expect(await failureOf(shop.tokens.getToken())).toMatchObject({
    outcome: 'not-sent',
    message: expect.stringContaining('certificate'),
  });
  expect(impostor.requests).toBe(0);
}

describe('The secret stays with Kopo Kopo', () => {
  it('where the checks of https.globalAgent are off', async () => {
    const { options } = https.globalAgent;
    options.rejectUnauthorized = false;
    try {
      await expectKept();
    } finally {
      delete options.rejectUnauthorized;
    }
  });

  it('where another agent stands in the place of https.globalAgent', async () => {
    const { globalAgent } = https;
    https.globalAgent = new https.Agent({ rejectUnauthorized: false });
    try {
      await expectKept();
    } finally {
      https.globalAgent = globalAgent;
    }
  });

  it('where axios.defaults names an agent without checks', async () => {
    const before = axios.defaults.httpsAgent as unknown;
    axios.defaults.httpsAgent = new https.Agent({ rejectUnauthorized: false });
    try {
      await expectKept();
    } finally {
      axios.defaults.httpsAgent = before;
    }
  });

  // Jest has a copy of the environment, of which node:tls sees nothing: a process of its own has the variable.
  it.each([
    ['and no agent is given', '{}', 'not-sent'],
    [
      'and an agent is given that says nothing of checks',
      '{ httpsAgent: new Agent({ keepAlive: true }) }',
      'KOPOKOPO_CONFIGURATION',
    ],
    [
      'and an agent is given whose checks are on',
      '{ httpsAgent: new Agent({ rejectUnauthorized: true }) }',
      'not-sent',
    ],
    ['and a proxy', "{ proxy: { host: '127.0.0.1', port: 1 } }", 'not-sent'],
  ])(
    'where NODE_TLS_REJECT_UNAUTHORIZED is 0, %s',
    async (_what, given, end) => {
      const script = `
      import 'reflect-metadata';
      import { Agent } from 'node:https';
      import { NestFactory } from '@nestjs/core';
      import { KopoKopoModule, TokenService } from 'nestjs-kopokopo';
      const imports = [KopoKopoModule.forRoot({
        baseUrl: '${impostor.url}', clientId: 'id', clientSecret: 'secret',
        token: { prefetch: 'off', mintAttempts: 1 }, http: ${given},
      })];
      const module = { module: class Root {}, imports };
      try {
        const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
        const end = await app.get(TokenService).getToken().then(() => 'got', ({ outcome }) => outcome);
        console.log(end);
        await app.close();
      } catch ({ code, message }) { console.log(code, message); }
    `;
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [...SHORT_LIVED, '--input-type=module', '-e', script],
        {
          cwd: fileURLToPath(new URL('../..', import.meta.url)),
          env: { PATH: process.env.PATH, NODE_TLS_REJECT_UNAUTHORIZED: '0' },
        },
      );
      expect(stdout.trim().split(' ')[0]).toBe(end);
      expect(impostor.requests).toBe(0);
    },
  );
});

describe('The agents of the module', () => {
  it('are its own: another http.globalAgent sees no request', async () => {
    const { globalAgent } = http;
    let used = 0;
    http.globalAgent = new (class extends http.Agent {
      override createConnection(
        ...args: Parameters<http.Agent['createConnection']>
      ) {
        used += 1;
        return super.createConnection(...args);
      }
    })();
    try {
      await using shop = await openShop();
      await shop.tokens.getToken();
    } finally {
      http.globalAgent = globalAgent;
    }
    expect(used).toBe(0);
  });

  it('keep a connection for the next call, and no process waits for it', async () => {
    let connections = 0;
    await using server = await rawServer((request, response) => {
      const { socket } = request as typeof request & {
        socket: { counted?: boolean };
      };
      if (!socket.counted) connections += 1;
      socket.counted = true;
      response.end(TOKEN);
    });
    await using shop = await openShop({
      baseUrl: server.url,
      shutdown: { revoke: false },
    });
    for (let call = 0; call < 5; call++) await shop.tokens.requestToken();
    expect(connections).toBe(1);
    // Node lists what keeps the process; the server's side of a connection is among it.
    await eventually('no connection is held but by the server', () => {
      const held = process
        .getActiveResourcesInfo()
        .filter((name) => name === 'TCPSocketWrap');
      return held.length <= connections;
    });
  });
});
