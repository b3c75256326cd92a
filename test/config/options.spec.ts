import { describe, expect, it } from '@jest/globals';
import { Agent } from 'node:http';
import { inspect } from 'node:util';
import { Secret } from '../../lib/config/secret.js';
import { resolveOptions } from '../../lib/config/options.resolver.js';
import type { ResolvedOptions } from '../../lib/config/resolved-options.interface.js';
import {
  KopoKopoConfigurationError,
  KopoKopoModule,
  type KopoKopoModuleOptions,
} from '../../lib/index.js';
import { boot, failureOf } from '../support/boot.js';

const SECRET = 's3cr3t-needle-in-options';
const GOOD: KopoKopoModuleOptions = {
  environment: 'sandbox',
  clientId: 'cl_id',
  clientSecret: SECRET,
};

/** As a user without TypeScript can get it wrong. */
function resolve(wrong: Record<string, unknown>): ResolvedOptions {
  return resolveOptions({ ...GOOD, ...wrong } as KopoKopoModuleOptions);
}

function sentencesFor(wrong: Record<string, unknown>): string[] {
  try {
    resolve(wrong);
  } catch (error) {
    expect(error).toBeInstanceOf(KopoKopoConfigurationError);
    return (error as KopoKopoConfigurationError).messages;
  }
  return [];
}

describe('options that are left out get their documented default', () => {
  it('at the top', () => {
    expect(resolve({})).toMatchObject({
      name: undefined,
      origin: 'https://sandbox.kopokopo.com',
      clientId: 'cl_id',
      apiKey: undefined,
      apiVersion: 'v2',
      timeout: 10_000,
    });
    expect(resolve({}).http.reveal()).toEqual({});
    expect(resolve({}).userAgent).toMatch(
      /^nestjs-kopokopo\/\d+\.\d+\.\d+ \(node \d+/,
    );
  });

  it('and in token and shutdown, also where one of their keys is undefined', () => {
    const { token, shutdown } = resolve({
      token: { earlyWindow: undefined, mintAttempts: 5 },
      shutdown: { timeout: undefined },
    });
    expect(token).toEqual({
      prefetch: 'background',
      earlyWindow: 0.25,
      lastWindow: 10_000,
      mintBudget: 10_000,
      mintAttempts: 5,
      attemptTimeout: 4_000,
      cooldownMin: 1_000,
      cooldownMax: 60_000,
      revokeDelay: 60_000,
      beat: 10_000,
      lapse: 30_000,
    });
    expect(shutdown).toEqual({ revoke: true, timeout: 5_000, deadline: 8_000 });
  });

  it('production has its own host', () => {
    expect(resolve({ environment: 'production' }).origin).toBe(
      'https://api.kopokopo.com',
    );
  });
});

const MS = 'must be a whole number of milliseconds from 1 to 2147483647.';

describe('an option that is wrong gives one sentence for its field', () => {
  it.each<[string, Record<string, unknown>, string]>([
    [
      'environment',
      { environment: 'live' },
      'environment must be one of sandbox, production.',
    ],
    [
      'clientId left out',
      { clientId: undefined },
      'clientId is missing; set it (is an environment variable missing?).',
    ],
    [
      'clientId of null',
      { clientId: null },
      'clientId is missing; set it (is an environment variable missing?).',
    ],
    ['clientId as number', { clientId: 7 }, 'clientId must be a text.'],
    [
      'clientId with a line end',
      { clientId: 'cl_id\n' },
      'clientId has white space around it; remove it.',
    ],
    [
      'clientId with a control character',
      { clientId: 'cl\u0000id' },
      'clientId has the invisible character U+0000 in it; remove it.',
    ],
    [
      'clientSecret empty',
      { clientSecret: '' },
      'clientSecret is missing; set it (is an environment variable missing?).',
    ],
    [
      'clientSecret with spaces',
      { clientSecret: ` ${SECRET}` },
      'clientSecret has white space around it; remove it.',
    ],
    [
      'clientSecret as empty list',
      { clientSecret: [] },
      'clientSecret is an empty list; put a secret into it.',
    ],
    [
      'clientSecret as list with a gap',
      { clientSecret: [SECRET, ''] },
      'clientSecret has an empty entry; remove it.',
    ],
    [
      'clientSecret as object',
      { clientSecret: { value: SECRET } },
      'clientSecret must be a text.',
    ],
    [
      'apiKey',
      { apiKey: `${SECRET}\r` },
      'apiKey has a carriage return at its end; remove it.',
    ],
    [
      'apiVersion',
      { apiVersion: '2' },
      'apiVersion must be a version such as v2.',
    ],
    ['timeout as text', { timeout: '5000' }, `timeout ${MS}`],
    ['timeout of zero', { timeout: 0 }, `timeout ${MS}`],
    ['timeout of NaN', { timeout: Number.NaN }, `timeout ${MS}`],
    ['timeout too long for a timer', { timeout: 2 ** 31 }, `timeout ${MS}`],
    [
      'userAgent empty',
      { userAgent: '' },
      'userAgent must be printable ASCII text.',
    ],
    [
      'userAgent with CRLF',
      { userAgent: 'a\r\nX-Evil: 1' },
      'userAgent has the invisible character U+000D, U+000A in it; remove it.',
    ],
    ['http', { http: [] }, 'http must be an object.'],
    ['token', { token: null }, 'token must be an object.'],
    [
      'http.httpAgent',
      { http: { httpAgent: 'x' } },
      'http.httpAgent must be an agent of node:http or node:https.',
    ],
    ...(
      [
        'http://proxy:8080',
        true,
        8080,
        {},
        [],
        null,
        { hostt: 'proxy', port: 1 },
        { host: 'proxy', port: '1' },
      ] as unknown[]
    ).map((proxy): [string, Record<string, unknown>, string] => [
      `http.proxy ${JSON.stringify(proxy)}`,
      { http: { proxy } },
      'http.proxy must be false, or have a host and a port.',
    ]),
    [
      'a shortest pause that is longer than the longest',
      { token: { cooldownMin: 61_000 } },
      'token.cooldownMin is greater than token.cooldownMax; change one of them.',
    ],
    ['shutdown', { shutdown: 'yes' }, 'shutdown must be an object.'],
    [
      'token.prefetch',
      { token: { prefetch: true } },
      'token.prefetch must be one of off, background, required.',
    ],
    [
      'token.earlyWindow',
      { token: { earlyWindow: 0.95 } },
      'token.earlyWindow must be a number from 0.05 to 0.9.',
    ],
    [
      'token.mintAttempts',
      { token: { mintAttempts: 1.5 } },
      'token.mintAttempts must be a whole number from 1 to 10.',
    ],
    ...(
      [
        'lastWindow',
        'mintBudget',
        'attemptTimeout',
        'cooldownMin',
        'cooldownMax',
        'revokeDelay',
      ] as const
    ).map((field): [string, Record<string, unknown>, string] => [
      `token.${field}`,
      { token: { [field]: -1 } },
      `token.${field} ${MS}`,
    ]),
    [
      'shutdown.revoke',
      { shutdown: { revoke: 'false' } },
      'shutdown.revoke must be true or false.',
    ],
    [
      'shutdown.timeout',
      { shutdown: { timeout: 1.5 } },
      `shutdown.timeout ${MS}`,
    ],
    [
      'shutdown.deadline',
      { shutdown: { deadline: null } },
      `shutdown.deadline ${MS}`,
    ],
    [
      'an option that does not exist',
      { clientSecert: SECRET },
      'clientSecert is not an option; remove it.',
    ],
    [
      'a nested option that does not exist',
      { token: { earlyWindw: 0.5 } },
      'token.earlyWindw is not an option; remove it.',
    ],
    [
      'another nested option that does not exist',
      { http: { httpAgents: {} } },
      'http.httpAgents is not an option; remove it.',
    ],
    [
      'neither environment nor baseUrl',
      { environment: undefined },
      'environment is missing; set it to sandbox or production, or set baseUrl.',
    ],
    [
      'both environment and baseUrl',
      { baseUrl: 'https://kopokopo.example' },
      'environment and baseUrl are both set; remove one of them.',
    ],
  ])('%s', (_case, wrong, sentence) => {
    expect(sentencesFor(wrong)).toEqual([sentence]);
  });

  it('names every wrong field at once', () => {
    expect(
      sentencesFor({ clientId: '', timeout: -1, token: { mintAttempts: 0 } }),
    ).toHaveLength(3);
  });

  it.each([undefined, null, 'options', [GOOD]])(
    'options that are %j are no options',
    (options) => {
      expect(() =>
        resolveOptions(options as unknown as KopoKopoModuleOptions),
      ).toThrow('The options must be an object; the factory returned none.');
    },
  );
});

describe('an option that is right is taken as it is', () => {
  it.each<[Record<string, unknown>]>([
    [{ clientSecret: [SECRET, 'other'] }],
    [{ clientSecret: () => SECRET }],
    [{ apiKey: 'key' }],
    [{ apiVersion: 'v10' }],
    [{ timeout: 1 }],
    [{ timeout: 2 ** 31 - 1 }],
    [{ userAgent: 'shop/1.0 (+https://shop.example)' }],
    [{ http: { httpAgent: new Agent(), proxy: false } }],
    [{ http: { proxy: { host: 'proxy', port: 8080 } } }],
    [{ token: { prefetch: 'required', earlyWindow: 0.05, mintAttempts: 10 } }],
    [{ shutdown: { revoke: false } }],
  ])('%j', (right) => {
    const resolved = resolve(right);
    for (const [field, value] of Object.entries(right)) {
      const got = resolved[field as keyof ResolvedOptions] as unknown;
      const plain = got instanceof Secret ? got.reveal() : got;
      expect(plain).toEqual(
        typeof value === 'object' && !Array.isArray(value)
          ? expect.objectContaining(value as Record<string, unknown>)
          : value,
      );
    }
  });
});

describe('resolved options', () => {
  it('print their secrets as [redacted], whatever the form of the secret', () => {
    for (const clientSecret of [SECRET, [SECRET], () => SECRET]) {
      const options = resolve({ clientSecret, apiKey: SECRET });
      const printed = [
        inspect(options, { depth: 20, showHidden: true }),
        JSON.stringify(options),
        String(options.clientSecret) + `${options.apiKey}`,
      ];
      for (const text of printed) {
        expect(text).toContain('[redacted]');
        expect(text).not.toContain(SECRET);
      }
    }
  });
});

describe('an option that is wrong stops the boot', () => {
  const wrong = {
    ...GOOD,
    clientSecret: `${SECRET}\n`,
    apiKey: `${SECRET}\u0007`,
    baseUrl: `https://u:${SECRET}@kopokopo.example`,
    environment: undefined,
  };

  it('with the same sentences for forRoot and forRootAsync, and none of them holds the value of a secret', async () => {
    const sync = await failureOf(boot(KopoKopoModule.forRoot(wrong)));
    const later = await failureOf(
      boot(KopoKopoModule.forRootAsync({ useFactory: async () => wrong })),
    );
    for (const error of [sync, later]) {
      expect(error).toBeInstanceOf(KopoKopoConfigurationError);
      expect(error.message).toBe(
        [
          'KopoKopoModule is not set up:',
          '- baseUrl must not hold a user name or password; remove them.',
          '- clientSecret has white space around it; remove it.',
          '- apiKey has the invisible character U+0007 in it; remove it.',
        ].join('\n'),
      );
      expect(error.stack).not.toContain(SECRET);
    }
  });

  it('and the sentence says which instance is meant', async () => {
    const error = await failureOf(
      boot(KopoKopoModule.forRoot({ ...GOOD, timeout: 0, name: 'shop-b' })),
    );
    expect(error.message).toMatch(/^KopoKopoModule "shop-b" is not set up:/);
  });
});
