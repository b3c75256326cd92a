import { describe, expect, it } from '@jest/globals';
import { resolveOptions } from '../../lib/config/options.resolver.js';
import type { ResolvedOptions } from '../../lib/config/resolved-options.interface.js';

function resolve(baseUrl: unknown): ResolvedOptions {
  return resolveOptions({
    baseUrl: baseUrl as string,
    clientId: 'cl_id',
    clientSecret: 'secret',
  });
}

describe('a base URL must be https, or http on loopback judged by its parsed address', () => {
  it.each([
    ['https://kopokopo.example', 'https://kopokopo.example'],
    ['https://kopokopo.example/', 'https://kopokopo.example'],
    ['https://kopokopo.example:8443', 'https://kopokopo.example:8443'],
    ['HTTPS://KOPOKOPO.EXAMPLE', 'https://kopokopo.example'],
    ['http://localhost:3000', 'http://localhost:3000'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
    ['http://127.1:3000', 'http://127.0.0.1:3000'],
    ['http://0x7f000001', 'http://127.0.0.1'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
  ])('%s is taken', (baseUrl, origin) => {
    expect(resolve(baseUrl).origin).toBe(origin);
  });

  it.each([
    ['http://kopokopo.example', 'must use https'],
    ['http://localhost.evil.example', 'must use https'],
    ['http://127.0.0.1.evil.example', 'must use https'],
    ['http://127.evil.example', 'must use https'],
    ['http://[::2]', 'must use https'],
    ['http://0.0.0.0', 'must use https'],
    ['http://128.0.0.1', 'must use https'],
    ['ftp://127.0.0.1', 'must use https'],
    ['https://user:pass@kopokopo.example', 'must not hold a user name'],
    ['http://localhost@evil.example', 'must not hold a user name'],
    ['https://kopokopo.example/api', 'must be an origin without path'],
    ['https://kopokopo.example?x=1', 'must be an origin without path'],
    ['https://kopokopo.example?', 'must be an origin without path'],
    ['https://kopokopo.example#x', 'must be an origin without path'],
    ['kopokopo.example', 'must be a URL such as'],
    ['', 'must be a URL such as'],
    [7, 'must be a URL such as'],
  ])('%s is refused', (baseUrl, why) => {
    expect(() => resolve(baseUrl)).toThrow(
      expect.objectContaining({
        code: 'KOPOKOPO_CONFIGURATION',
        messages: [expect.stringMatching(`^baseUrl ${why}`)],
      }),
    );
  });
});

const DASHBOARD =
  'baseUrl leads to the dashboard, which refuses API calls; set it to https://api.kopokopo.com, or set the environment to production in its place.';

describe('an address of Kopo Kopo that is not its API is refused with its reason', () => {
  it.each([
    ['https://app.kopokopo.com', DASHBOARD],
    ['https://app.kopokopo.com.', DASHBOARD],
    ['https://APP.KopoKopo.com:443', DASHBOARD],
    ['https://www.app.kopokopo.com', DASHBOARD],
    ['http://app.kopokopo.com', DASHBOARD],
    ['https://app.kopokopo.com/applications', DASHBOARD],
    ['https://kopokopo.com', 'leads to a website'],
    ['https://www.kopokopo.com', 'leads to a website'],
    ['https://kopokopo.co.ke', 'leads to a website'],
    ['https://developers.kopokopo.com', 'leads to the documentation'],
    ['https://api-docs.kopokopo.com', 'leads to the documentation'],
    ['http://api.kopokopo.com', 'must use https'],
    [
      'https://api.kopokopo.com.',
      'names a host that ends with a dot; remove the dot',
    ],
    [
      'https://api.kopokopo.com/api/v2',
      'without path, query or fragment; set it to https://api.kopokopo.com.',
    ],
    [
      'https://sandbox.kopokopo.com/oauth/token?x=1',
      'without path, query or fragment; set it to https://sandbox.kopokopo.com.',
    ],
    [
      '"https://api.kopokopo.com"',
      'has quotes around it; remove them (docker --env-file keeps quotes)',
    ],
    ['https://api.kopokopo.com\u200b', 'the invisible character U+200B in it'],
  ])('%s', (baseUrl, why) => {
    expect(() => resolve(baseUrl)).toThrow(
      expect.objectContaining({
        code: 'KOPOKOPO_CONFIGURATION',
        messages: [expect.stringContaining(why)],
      }),
    );
  });

  it.each([
    'https://api.kopokopo.com',
    'https://API.kopokopo.com:443/',
    'https://sandbox.kopokopo.com',
    'https://constructor',
  ])('%s is taken', (baseUrl) => {
    expect(resolve(baseUrl).origin).toBe(new URL(baseUrl).origin);
  });
});
