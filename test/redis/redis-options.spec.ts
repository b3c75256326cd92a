import { describe, expect, it } from '@jest/globals';
import { Cluster, Redis } from 'ioredis';
import { KopoKopoConfigurationError } from '../../lib/index.js';
import {
  RedisTokenStore,
  type RedisTokenStoreOptions,
} from '../../lib/redis/index.js';

const NO_REDIS =
  'It is told of no Redis; set client, url or options (is an environment variable missing?).';
const URL =
  'url must be a URL that begins with redis:// or rediss:// and names a host; special characters in its password are percent-encoded.';
const CLIENT =
  'client must be a Redis or a Cluster of ioredis; for another client (node-redis, or one that speaks HTTP, such as Upstash’s) set url in its place.';
const BESIDE = 'client stands beside url or options; set one of them.';
const OPTIONS = 'options must be an object of ioredis options.';
const DATABASE =
  'url names a database that is no number; a right one is redis://host:6379/1.';
const QUOTES =
  'url has quotes around it; remove them (docker --env-file keeps quotes).';
const RETURN = 'url has a carriage return at its end; remove it.';
const NUMBER = 'options.db must be the number of a database.';
const OBJECT = 'It takes an object: new RedisTokenStore({ url }).';
const IOREDIS = 'ioredis does not take its options.';
const PREFIX = 'keyPrefix must be a text.';

const url = 'redis://127.0.0.1:1';
const client = new Redis(url, { lazyConnect: true });
const cluster = new Cluster([url], { lazyConnect: true });

/** As that of Upstash, which has methods of the same names. */
const REST_CLIENT = { eval: async () => 'hunter2', evalsha: async () => '' };
const NODE_REDIS_CLIENT = { isOpen: true, eval: () => '', evalSha: () => '' };

/** What a user without types may give. */
const create = (given: unknown) =>
  new RedisTokenStore(given as RedisTokenStoreOptions);

function problemOf(given: unknown): KopoKopoConfigurationError {
  try {
    create(given);
  } catch (error) {
    return error as KopoKopoConfigurationError;
  }
  throw new Error('It was expected to throw and did not.');
}

describe('RedisTokenStore says what is wrong, and not what it was given:', () => {
  it.each<[string, unknown, string[]]>([
    ['nothing', undefined, [NO_REDIS]],
    ['null', null, [NO_REDIS]],
    ['no options', {}, [NO_REDIS]],
    ['a variable that is not set', { url: undefined }, [NO_REDIS]],
    ['a client that is not there', { client: undefined }, [NO_REDIS]],
    ['an empty url', { url: '' }, [URL]],
    ['a url of another kind', { url: 'http://:hunter2@cache:6379' }, [URL]],
    ['a number as url', { url: 48_151_623 }, [URL]],
    ['null as url', { url: null }, [URL]],
    ['an empty object as client', { client: {} }, [CLIENT]],
    ['null as client', { client: null }, [CLIENT]],
    ['half a client', { client: { eval: () => 'hunter2' } }, [CLIENT]],
    ['a client without a connection', { client: REST_CLIENT }, [CLIENT]],
    ['a client of node-redis', { client: NODE_REDIS_CLIENT }, [CLIENT]],
    ['a url as client', { client: 'redis://:hunter2@cache' }, [CLIENT]],
    ['client beside url', { client, url }, [BESIDE]],
    ['client beside options', { client, options: {} }, [BESIDE]],
    ['null as options', { options: null }, [OPTIONS]],
    ['a text as options', { url, options: 'hunter2' }, [OPTIONS]],
    ['a name as database', { url: `${url}/hunter2` }, [DATABASE]],
    ['a database below 0', { url: `${url}/-5` }, [DATABASE]],
    ['a name as db', { url: `${url}?db=hunter2` }, [DATABASE]],
    ['two of db', { url: `${url}?db=1&db=hunter2` }, [DATABASE]],
    ['a url in quotes', { url: `"${url}"` }, [QUOTES]],
    ['a url with a line end', { url: `${url}\r` }, [RETURN]],
    ['a name as options.db', { options: { db: 'hunter2' } }, [NUMBER]],
    ['a text', url.replace('//', '//:hunter2@'), [OBJECT]],
    ['no sentinel', { options: { sentinels: [] } }, [IOREDIS]],
    ['no connector', { options: { Connector: 'hunter2' } }, [IOREDIS]],
    ['a number as prefix', { url, keyPrefix: 48_151_623 }, [PREFIX]],
    ['null as prefix', { url, keyPrefix: null }, [PREFIX]],
    [
      'everything at once',
      { client: null, url: 'hunter2', options: null, keyPrefix: 48_151_623 },
      [BESIDE, CLIENT, URL, OPTIONS, PREFIX],
    ],
  ])('%s', (_what, given, messages) => {
    const error = problemOf(given);
    expect(error).toBeInstanceOf(KopoKopoConfigurationError);
    expect(error.messages).toEqual(messages);
    for (const message of messages) expect(error.message).toContain(message);
    expect(`${error.message} ${JSON.stringify(error)}`).not.toMatch(
      /hunter2|48.?151.?623/,
    );
  });
});

describe('RedisTokenStore takes', () => {
  it.each<[string, RedisTokenStoreOptions]>([
    ['a url', { url }],
    ['a url with TLS and a password', { url: 'rediss://:pass%20word@cache' }],
    ['a url with a database', { url: `${url}/3` }],
    ['a url with a database and a slash', { url: `${url}/3/` }],
    ['a url with no more than a slash', { url: `${url}/` }],
    ['options', { options: { host: 'cache' } }],
    ['options beside a url', { url, options: { db: 1 } }],
    ['a client', { client }],
    ['a cluster', { client: cluster }],
    ['a prefix', { client, keyPrefix: 'pay' }],
    ['an empty prefix', { url, keyPrefix: '' }],
    ['what is not set', { client, url: undefined, options: undefined }],
  ])('%s, and connects to nothing yet', (_what, given) => {
    expect(() => create(given)).not.toThrow();
    expect(client.status).toBe('wait');
  });
});
