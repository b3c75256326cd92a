import { Logger } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { outOfReach } from './out-of-reach.js';
import type {
  RedisConnection,
  RedisTokenStoreClient,
} from './redis-connection.js';
import { scriptAdvice } from './redis-reply.js';
import { run } from './script-runner.js';

/**
 * A script on one key: sent whole at first, by its hash afterwards, whole again to a server that does not
 * know it. The log says once where no script can run.
 *
 * @internal
 */
export class RedisScript {
  readonly #sha: string;
  /** A server has been told the script; another one may not know it. */
  #isKnown = false;
  #isAdvised = false;

  constructor(
    private readonly connection: RedisConnection,
    private readonly script: string,
  ) {
    this.#sha = createHash('sha1').update(script).digest('hex');
  }

  /**
   * @param args the key, and what the script takes beside it
   * @param read what is made of its answer
   * @throws Error that says in one word why Redis is out of reach, and quotes nothing
   */
  async run<T>(
    args: readonly string[],
    read: (answer: Promise<unknown>) => Promise<T>,
  ): Promise<T> {
    try {
      return await read(this.#answer(args));
    } catch (error) {
      this.#advise(error);
      throw outOfReach(error);
    }
  }

  #answer(args: readonly string[]): Promise<unknown> {
    return this.connection.use(async (client) => {
      // Whether it is known would cost a round trip more.
      if (!this.#isKnown) return this.#teach(client, args);
      try {
        return await run(client, 'evalsha', this.#sha, args);
      } catch (error) {
        if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
        return run(client, 'eval', this.script, args);
      }
    });
  }

  async #teach(
    client: RedisTokenStoreClient,
    args: readonly string[],
  ): Promise<unknown> {
    const answer = await run(client, 'eval', this.script, args);
    this.#isKnown = true;
    return answer;
  }

  /** Once: it stays so until somebody changes the server. */
  #advise(error: unknown): void {
    const advice = scriptAdvice(error);
    if (advice === undefined || this.#isAdvised) return;
    this.#isAdvised = true;
    new Logger('KopoKopoRedis').warn(advice);
  }
}
