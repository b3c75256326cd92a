import { registerAs } from '@nestjs/config';
import type { KopoKopoModuleOptions } from '../config/kopokopo-options.interface.js';
import { optionProblems } from '../config/options.validator.js';
import { redisUrlProblem } from '../config/redis-url.js';
import { KopoKopoConfigurationError } from '../errors/configuration.error.js';
import type { BullMq } from '../events/bullmq/queue-over-bullmq.js';
import { concealed } from './concealed-options.js';
import { type Environment, EnvironmentReader } from './environment.reader.js';
import { warnOfUnknown } from './unknown-variables.js';

/**
 * ConfigModule namespace `kopokopo` over the `KOPOKOPO_*` variables. `KOPOKOPO_REDIS_URL` turns the
 * shared token and the store on; it needs `ioredis`. `KOPOKOPO_QUEUE_REDIS_URL` turns the durable queue on; it needs `bullmq`. Variables that begin so and are not known are named in a warning.
 *
 * @example
 * ```ts
 * KopoKopoModule.forRootAsync(kopokopoConfig.asProvider())
 * ```
 * @throws KopoKopoConfigurationError when a variable is wrong, with one sentence for each
 * @publicApi
 */
export const kopokopoConfig = namespaceOf('kopokopo', '');

const byPrefix = new Map<string, typeof kopokopoConfig>();

/**
 * The same for a further account: the namespace `kopokopo_shop_b` over the `SHOP_B_KOPOKOPO_*` variables,
 * where the prefix is `shop_b`, `shop-b` or `SHOP_B`.
 *
 * @example
 * ```ts
 * KopoKopoModule.forRootAsync({ name: 'shop-b', ...kopokopoConfigOf('shop-b').asProvider() })
 * ```
 * @throws KopoKopoConfigurationError at once, when the prefix can't begin the name of a variable; later,
 * when a variable is wrong
 * @publicApi
 */
export function kopokopoConfigOf(prefix: string): typeof kopokopoConfig {
  if (!isPrefix(prefix)) {
    throw new KopoKopoConfigurationError(
      'kopokopoConfigOf takes a prefix of letters and digits with single _ or - between them, such as shop_b for the variables SHOP_B_KOPOKOPO_*; it can’t begin with kopokopo.',
    );
  }
  const words = prefix.replaceAll('-', '_').toUpperCase();
  const known = byPrefix.get(words);
  const config =
    known ?? namespaceOf(`kopokopo_${words.toLowerCase()}`, `${words}_`);
  byPrefix.set(words, config);
  return config;
}

function isPrefix(given: unknown): boolean {
  return (
    typeof given === 'string' &&
    /^[a-z][a-z\d]*([_-][a-z\d]+)*$/i.test(given) &&
    !/^kopokopo/i.test(given)
  );
}

function namespaceOf(key: string, prefix: string) {
  return registerAs(key, () => readEnvironment(process.env, prefix));
}

function readEnvironment(
  environment: Environment,
  prefix: string,
): KopoKopoModuleOptions | Promise<KopoKopoModuleOptions> {
  warnOfUnknown(environment, prefix);
  const read = new EnvironmentReader(environment, prefix);
  const options = concealed(read.options());
  refuseWrong(read, options);
  const url = read.text('REDIS_URL');
  const queueUrl = read.text('QUEUE_REDIS_URL');
  if (url === undefined && queueUrl === undefined) return options;
  return withRedis(options, read);
}

/**
 * A missing variable is named beside wrong ones, and is no reason by itself: the app's code may give the
 * option, and the module asks for it otherwise.
 */
function refuseWrong(
  read: EnvironmentReader,
  options: KopoKopoModuleOptions,
): void {
  const own = problemsOf(read);
  const others = optionProblems(options);
  if (own.length === 0 && !others.some(({ isWrong }) => isWrong)) return;
  const messages = [...others.map(({ sentence }) => sentence), ...own];
  throw new KopoKopoConfigurationError(
    `The environment is not set up:\n${messages.map((s) => `- ${s}`).join('\n')}`,
    { messages },
  );
}

/** What no option can tell. */
function problemsOf(read: EnvironmentReader): string[] {
  const problems: string[] = [];
  const isSet = (name: string) => read.text(name) !== undefined;
  if (isSet('CLIENT_SECRET') && isSet('CLIENT_SECRETS')) {
    problems.push(
      `${read.nameOf('CLIENT_SECRET')} and ${read.nameOf('CLIENT_SECRETS')} are both set; remove one of them.`,
    );
  }
  for (const name of ['REDIS_URL', 'QUEUE_REDIS_URL']) {
    const url = read.text(name);
    const problem = url === undefined ? undefined : redisUrlProblem(url);
    if (problem !== undefined)
      problems.push(`${read.nameOf(name)} ${problem}.`);
  }
  return problems;
}

/** ioredis and BullMQ are loaded only where they are asked for. */
async function withRedis(
  options: KopoKopoModuleOptions,
  read: EnvironmentReader,
): Promise<KopoKopoModuleOptions> {
  const url = read.text('REDIS_URL');
  if (url !== undefined) {
    const { Redis } = await loadIoredis(read.nameOf('REDIS_URL'));
    const { ScriptedTokenStore } =
      await import('../redis/scripted-token-store.js');
    const { ScriptedStore } = await import('../redis/scripted-store.js');
    options.token!.store = new ScriptedTokenStore({ url }, Redis);
    options.store = new ScriptedStore({ url }, Redis);
  }
  const queueUrl = read.text('QUEUE_REDIS_URL');
  if (queueUrl !== undefined) {
    const library = await loadBullMq(read.nameOf('QUEUE_REDIS_URL'));
    const { QueueOverBullMq } =
      await import('../events/bullmq/queue-over-bullmq.js');
    options.webhooks!.queue = new QueueOverBullMq({ url: queueUrl }, library);
  }
  return options;
}

/** As `loadIoredis`. */
async function loadBullMq(variable: string): Promise<BullMq> {
  try {
    return await import('bullmq');
  } catch {
    throw new KopoKopoConfigurationError(
      `${variable} is set and the package bullmq can’t be loaded; install bullmq, version 5 or later, and ioredis.`,
    );
  }
}

/** A bundler lets a package be absent where it is imported right in a `try`. */
async function loadIoredis(
  variable: string,
): Promise<Pick<typeof import('ioredis'), 'Redis'>> {
  try {
    return await import('ioredis');
  } catch {
    throw new KopoKopoConfigurationError(
      `${variable} is set and the package ioredis can’t be loaded; install ioredis, version 5.3 or later.`,
    );
  }
}
