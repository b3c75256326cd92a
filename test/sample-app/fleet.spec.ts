import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '../support/redis-fleet.js';
import { bundled } from '../support/bundled.js';
import { describeWith, RedisServer } from '../support/redis-server.js';
import { call, MAIN } from './sample-app.process.js';
import { TalkingProcess, type Variables } from './talking.process.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LAUNCHER = fileURLToPath(
  new URL('../../scripts/start-fleet.mjs', import.meta.url),
);

/** Tokens and secrets are long runs without a blank; nothing else in the log is. */
const CREDENTIAL = /[\w-]{32,}/;

/** What `npm run start:fleet` runs once all is built. */
class SampleFleet extends TalkingProcess {
  readonly urls: string[] = [];

  constructor(variables: Variables = {}) {
    super(LAUNCHER, ROOT, variables, [bundled(MAIN)]);
  }

  /** Resolves when both apps listen, hold a token and know of each other. */
  static async start(variables?: Variables): Promise<SampleFleet> {
    const fleet = new SampleFleet(variables);
    try {
      await fleet.settle();
      return fleet;
    } catch (error) {
      await fleet[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The same question to both. */
  ask(method: string, path: string): Promise<unknown[]> {
    return this.askEach(method, path, () => undefined);
  }

  /** To each a question of its own: one phone rings once at a time. */
  async askEach(
    method: string,
    path: string,
    body: (app: number) => object | undefined,
  ): Promise<unknown[]> {
    const answers = this.urls.map((url, app) =>
      call(method, url + path, body(app)),
    );
    return (await Promise.all(answers)).map((answer) => answer.body);
  }

  /** Its children do not die with it: it is asked first. */
  override async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGTERM').catch(() => super[Symbol.asyncDispose]());
  }

  private async settle(): Promise<void> {
    for (const name of ['a', 'b']) {
      const listening = `\\[${name}\\] .*Listening on (\\S+)`;
      const [, url] = await this.said(new RegExp(listening));
      await this.said(new RegExp(`\\[${name}\\] .*Got the access token`));
      this.urls.push(url!);
    }
    const both = { store: 'in-use', members: 2 };
    await eventually('they share one token', async () => {
      const seen = await this.ask('GET', '/token/status');
      return seen.every((one) => isLike(one, both));
    });
  }
}

function isLike(value: unknown, part: object): boolean {
  return (
    JSON.stringify({ ...(value as object), ...part }) === JSON.stringify(value)
  );
}

describeWith('redis-server', 'two sample apps', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'share one token, and leave none after %s',
    async (signal) => {
      await using fleet = await SampleFleet.start({
        KOPOKOPO_TOKEN_BEAT: '200',
      });
      const tickets = await fleet.askEach('POST', '/payments', (app) => ({
        order: `A-${app}`,
        phoneNumber: `+25471234567${app}`,
        amount: 150,
      }));

      expect(tickets).toEqual([
        { id: expect.any(String), location: expect.any(String) },
        { id: expect.any(String), location: expect.any(String) },
      ]);
      expect(await fleet.stop(signal)).toBe(0);
      expect(fleet.output).toMatch(/\[fleet\] Tokens: 1 issued, 0 alive\.\s*$/);
      expect(fleet.output.match(/Revoked 1 access token/g)).toHaveLength(1);
      expect(fleet.output).not.toContain('LocalSandbox]');
      expect(fleet.output).not.toMatch(CREDENTIAL);
    },
  );

  it('use the Redis that they are given, and leave it running and without a token', async () => {
    await using redis = await RedisServer.start();
    await using fleet = await SampleFleet.start({
      KOPOKOPO_TOKEN_BEAT: '200',
      KOPOKOPO_REDIS_URL: redis.url,
    });

    expect(await redis.command('KEYS', 'kopokopo:{*')).toHaveLength(1);

    expect(await fleet.stop('SIGTERM')).toBe(0);
    expect(fleet.output).toContain('[fleet] Redis: KOPOKOPO_REDIS_URL');
    expect(await redis.command('KEYS', 'kopokopo:{*')).toEqual([]);
  });
});

describeWith('redis-server', 'orders of two sample apps', () => {
  it('are known to both, whichever is asked and whichever hears of the payment', async () => {
    await using fleet = await SampleFleet.start({
      KOPOKOPO_TOKEN_BEAT: '200',
    });
    const [first] = await fleet.askEach('POST', '/orders/A-17/payment', () => ({
      phone: '0712345678',
      amount: 150,
    }));
    expect(first).toMatchObject({ type: 'incoming_payment' });
    await eventually('both know that it is paid', async () => {
      const seen = await fleet.ask('GET', '/orders/A-17');
      return seen.every((one) => isLike(one, { state: 'paid' }));
    });
    expect(fleet.output.match(/Order A-17 is paid/g)).toHaveLength(1);
    expect(await fleet.stop('SIGTERM')).toBe(0);
  });
});

describe('two sample apps without a Redis', () => {
  it('say how to get one', async () => {
    await using fleet = new SampleFleet({ PATH: ROOT });

    expect(await fleet.ended()).toBe(1);

    expect(fleet.output).toMatch(/^redis-server was not found\. Install it/);
  });
});
