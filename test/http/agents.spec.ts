import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import http from 'node:http';
import https from 'node:https';
import { failureOf, openShop } from '../support/boot.js';
import { type RawServer, rawServer } from '../support/raw-server.js';
import { eventually } from '../support/redis-fleet.js';
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

  it('where NODE_TLS_REJECT_UNAUTHORIZED is 0', async () => {
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      await expectKept();
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    }
  });
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
