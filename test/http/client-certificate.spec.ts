import { describe, expect, it } from '@jest/globals';
import { Agent } from 'node:https';
import type { SecureVersion } from 'node:tls';
import { failureOf, openShop } from '../support/boot.js';
import { rawServer } from '../support/raw-server.js';
import { TEST_CERTIFICATE } from '../support/test-certificate.js';

const { key, cert } = TEST_CERTIFICATE;

async function failureAt(version: SecureVersion, agent: Agent) {
  await using server = await rawServer((_request, response) => response.end(), {
    key,
    cert,
    ca: cert,
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: version,
    maxVersion: version,
  });
  await using shop = await openShop({
    baseUrl: server.url,
    http: { httpsAgent: agent },
  });
  const error = await failureOf(shop.tokens.requestToken());
  expect(server.requests).toBe(0);
  return error;
}

describe('A server that asks for a client certificate', () => {
  it('and gets none after the handshake (TLS 1.3) is named, and the request may have arrived', async () => {
    const error = await failureAt('TLSv1.3', new Agent({ ca: cert }));
    expect(error).toMatchObject({
      code: 'KOPOKOPO_CONNECTION',
      outcome: 'unknown',
      retryable: false,
      message:
        'Kopo Kopo asks for a client certificate, or did not accept that of http.httpsAgent (ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED).',
    });
  });

  it('and gets none within the handshake (TLS 1.2) was sent nothing', async () => {
    const error = await failureAt('TLSv1.2', new Agent({ ca: cert }));
    expect(error).toMatchObject({
      code: 'KOPOKOPO_CONNECTION',
      outcome: 'not-sent',
    });
    expect(error.message).not.toContain('certificate of Kopo Kopo');
  });
});
