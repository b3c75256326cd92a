import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { ConsoleLogger, Logger } from '@nestjs/common';
import { Console } from 'node:console';
import { format, inspect, isDeepStrictEqual } from 'node:util';
import { AccessToken } from '../../lib/index.js';
import { VirtualRuntime } from '../support/virtual-runtime.js';

const VALUE = 'n33dle~of.the-ACCESS_token/value+0=';

function token(runtime = new VirtualRuntime()): AccessToken {
  return new AccessToken(
    {
      value: VALUE,
      scopes: ['read', 'write'],
      lifetime: 60_000,
      startedAt: runtime.clock.now(),
      createdAt: 1_790_000_000,
    },
    runtime.clock,
  );
}

const everything = { depth: 20, showHidden: true, getters: false } as const;

/** Every way in which an app prints things, by accident or not. */
const PRINTERS: Record<string, (thing: object) => unknown> = {
  'template string': (thing) => `${String(thing)}`,
  concatenation: (thing) => 'token: ' + (thing as unknown as string),
  'util.inspect': (thing) => inspect(thing),
  'util.inspect, depth 20, showHidden': (thing) => inspect(thing, everything),
  'util.inspect without custom inspection': (thing) =>
    inspect(thing, { ...everything, customInspect: false }),
  'util.format %o %O %s %j': (thing) =>
    ['%o', '%O', '%s', '%j'].map((code) => format(code, thing)).join(),
  'JSON.stringify': (thing) => JSON.stringify(thing),
  structuredClone: (thing) => inspect(structuredClone(thing), everything),
  'Object.keys': (thing) => Object.keys(thing).join(),
  'Object.getOwnPropertyNames': (thing) =>
    Object.getOwnPropertyNames(thing).join(),
  'object spread': (thing) => inspect({ ...thing }, everything),
  'Object.entries': (thing) => inspect(Object.entries(thing), everything),
};

describe('AccessToken never prints its value', () => {
  it.each(Object.entries(PRINTERS))('by %s', (_name, print) => {
    const printed = String(print(token()));
    expect(printed).not.toContain(VALUE);
    expect(printed).not.toContain('n33dle');
  });

  const NESTS: Record<string, (secret: AccessToken) => object> = {
    'an object': (secret) => ({ a: { b: { c: secret } } }),
    'an array': (secret) => [[secret]],
    'a Map': (secret) => new Map<unknown, unknown>([[secret, secret]]),
    'a Set': (secret) => new Set([secret]),
    'the cause of an error': (secret) => new Error('x', { cause: secret }),
    'a member of an error': (secret) =>
      Object.assign(new Error('x'), { secret }),
    'a promise': (secret) => Promise.resolve(secret),
    'a class': (secret) =>
      new (class Holder {
        held = secret;
      })(),
    'a proxy': (secret) => new Proxy({ secret }, {}),
  };

  it.each(Object.entries(NESTS))('held in %s', (_name, nest) => {
    const held = nest(token());
    for (const [name, print] of Object.entries(PRINTERS)) {
      if (name === 'structuredClone') continue;
      expect(String(print(held))).not.toContain('n33dle');
    }
  });

  describe('through a logger', () => {
    const written: string[] = [];
    const spy = (stream: NodeJS.WriteStream): void => {
      jest.spyOn(stream, 'write').mockImplementation((chunk) => {
        written.push(String(chunk));
        return true;
      });
    };

    afterEach(() => {
      jest.restoreAllMocks();
      written.length = 0;
    });

    it.each([false, true])('of Nest, json: %p', (json) => {
      spy(process.stdout);
      spy(process.stderr);
      const logger = new ConsoleLogger('Test', { json, depth: 20 });
      const held = token();
      logger.log(held);
      logger.warn({ held }, [held]);
      logger.error(new Error('failed', { cause: held }), { held });
      logger.debug(new Map([['held', held]]), held);
      new Logger('Plain').error('failed', held);
      expect(written.join('')).toContain('[redacted]');
      expect(written.join('')).not.toContain('n33dle');
    });

    it('of the console', () => {
      spy(process.stdout);
      spy(process.stderr);
      const printer = new Console(process.stdout, process.stderr);
      printer.log(token(), { held: token() });
      printer.dir(token(), { depth: 20, showHidden: true });
      printer.table([token()]);
      printer.error('%o', token());
      expect(written.join('')).toContain('[redacted]');
      expect(written.join('')).not.toContain('n33dle');
    });
  });

  it('what it prints instead says when it expires', () => {
    const held = token();
    const at = held.expiresAt.toISOString();
    expect(inspect(held)).toBe(
      `AccessToken { value: [redacted], expiresAt: ${at} }`,
    );
    expect(String(held)).toBe('AccessToken([redacted])');
    expect(JSON.parse(JSON.stringify(held))).toEqual({
      value: '[redacted]',
      type: 'Bearer',
      scopes: ['read', 'write'],
      issuedAt: held.issuedAt.toISOString(),
      expiresAt: at,
    });
  });
});

/** As a logger that redacts in place (pino), and lodash' cloneDeep: the prototype, and what is enumerable. */
function copyOf(original: object): AccessToken {
  const copy = Object.create(Object.getPrototypeOf(original) as object);
  return Object.assign(copy, original) as AccessToken;
}

describe('A copy of an AccessToken', () => {
  it('prints redacted and throws nowhere', () => {
    const copy = copyOf(token());
    for (const print of Object.values(PRINTERS)) {
      expect(String(print({ copy }))).not.toContain('n33dle');
    }
    expect(JSON.parse(JSON.stringify(copy))).toEqual({
      value: '[redacted]',
      type: 'Bearer',
      scopes: [],
      issuedAt: null,
      expiresAt: null,
    });
    expect(inspect(copy)).toBe(
      'AccessToken { value: [redacted], expiresAt: unknown }',
    );
  });

  it('can be redacted in place by a logger', () => {
    const copy = copyOf(token());
    for (const member of ['value', 'authorization', 'scopes', 'expiresAt']) {
      expect(() => Object.assign(copy, { [member]: '***' })).not.toThrow();
    }
  });

  it('is no token: it can not be used and has expired', () => {
    const copy = copyOf(token());
    expect(copy.value).toBe('[redacted]');
    expect(copy.authorization).toBe('[redacted]');
    expect(copy.isExpired()).toBe(true);
  });
});

describe('AccessToken', () => {
  it('equals another one of the same value, and no other', () => {
    const [one, same] = [token(), token()];
    const runtime = new VirtualRuntime();
    const other = new AccessToken(
      { value: 'other', scopes: [], lifetime: 60_000, startedAt: 0 },
      runtime.clock,
    );
    expect(one).toEqual(same);
    expect(one).not.toEqual(other);
    expect(isDeepStrictEqual(one, same)).toBe(true);
    expect(isDeepStrictEqual(one, other)).toBe(false);
  });

  it('gives its value by two ways, the second ready for a header', () => {
    expect(token().value).toBe(VALUE);
    expect(token().authorization).toBe(`Bearer ${VALUE}`);
    expect(token().type).toBe('Bearer');
  });

  it('can not be changed: neither its members, nor its scopes, nor the dates it gives', () => {
    const held = token();
    expect(Object.isFrozen(held)).toBe(true);
    expect(() => Object.assign(held, { value: 'other' })).toThrow(TypeError);
    expect(() => Object.assign(held, { extra: 1 })).toThrow(TypeError);
    expect(() => (held.scopes as string[]).push('admin')).toThrow(TypeError);
    const { expiresAt, issuedAt } = held;
    held.expiresAt.setFullYear(2100);
    held.issuedAt.setFullYear(1990);
    expect(held.expiresAt).toEqual(expiresAt);
    expect(held.issuedAt).toEqual(issuedAt);
  });

  it('expires by its lifetime, counted from before its request left', async () => {
    const runtime = new VirtualRuntime();
    const startedAt = runtime.clock.now();
    const wall = runtime.clock.wall();
    await runtime.sleep(20_000);
    const held = new AccessToken(
      { value: VALUE, scopes: [], lifetime: 60_000, startedAt },
      runtime.clock,
    );
    expect(held.issuedAt.getTime()).toBe(wall);
    expect(held.expiresAt.getTime()).toBe(wall + 60_000);
    await runtime.sleep(39_999);
    expect(held.isExpired()).toBe(false);
    await runtime.sleep(1);
    expect(held.isExpired()).toBe(true);
  });
});
