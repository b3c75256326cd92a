import type { RedisTokenStoreClient } from './redis-connection.js';

type Results = [error: Error | null, answer: unknown][];

/** What else a Cluster of ioredis has. */
interface PipeliningClient extends RedisTokenStoreClient {
  isCluster?: boolean;
  options?: { enableAutoPipelining?: boolean };
  pipeline?(): Pick<RedisTokenStoreClient, 'eval' | 'evalsha'> & {
    exec(): Promise<Results>;
  };
}

/**
 * Runs a script on one key. Below 5.11 ioredis takes the script for the key when it puts a command into an
 * automatic pipeline of a Cluster, and then fails all commands in it, the app's own too: the script gets
 * a pipeline of its own there.
 *
 * @internal
 */
export async function run(
  client: RedisTokenStoreClient,
  how: 'eval' | 'evalsha',
  script: string,
  args: readonly string[],
): Promise<unknown> {
  const { isCluster, options } = client as PipeliningClient;
  if (!isCluster || !options?.enableAutoPipelining) {
    return client[how](script, 1, ...args);
  }
  const pipeline = (client as PipeliningClient).pipeline!();
  void pipeline[how](script, 1, ...args);
  const [[error, answer]] = (await pipeline.exec()) as [Results[number]];
  if (error !== null) throw error;
  return answer;
}
