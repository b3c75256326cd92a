import { Logger } from '@nestjs/common';
import type { ConnectionOptions, Job, Queue, Worker } from 'bullmq';
import type {
  KopoKopoDeliveryQueue,
  QueuedJob,
  QueuedJobFate,
} from '../../config/delivery-queue.interface.js';
import { KopoKopoConfigurationError } from '../../errors/configuration.error.js';
import { redisUrlProblem } from '../../config/redis-url.js';
import { storeStep } from '../../store/store-step.js';

/** Milliseconds after which a job that was not stored is refused. */
const LIMIT = 5_000;

/** Milliseconds without a sign of life after which another process takes a job, and between two looks for such jobs. */
const LOCK = 30_000;
const LOOK = 10_000;

/** Handled jobs are kept for an hour, for dashboards; those that were given up until somebody looks. */
const KEPT = { age: 3_600, count: 10_000 };

/**
 * How deliveries are queued.
 *
 * @publicApi
 */
export interface BullMqDeliveryQueueOptions {
  /** `redis://` or `rediss://` URL of a Redis that keeps what it is given: `maxmemory-policy noeviction`. */
  url?: string | undefined;
  /** What BullMQ takes as `connection`, in place of `url`. */
  connection?: ConnectionOptions | undefined;
  /** Name of the queue; processes with other handlers take another. Default `kopokopo-deliveries`. */
  name?: string | undefined;
  /** Whether this process handles jobs; one that does not only adds them. Default true. */
  worker?: boolean | undefined;
  /** Jobs that this process handles at once. Default 10. */
  concurrency?: number | undefined;
  /** Times that a job is tried before it is given up: it is `failed` then, and stays. Default 12, about half an hour. */
  attempts?: number | undefined;
  /** Milliseconds before the second attempt; each further pause is twice as long. Default 1 000. */
  backoff?: number | undefined;
}

type Handle = Parameters<KopoKopoDeliveryQueue['start']>[1];

/** What is used of BullMQ. @internal */
export type BullMq = Pick<
  typeof import('bullmq'),
  'DelayedError' | 'Queue' | 'Worker'
>;

/**
 * The queue, for a release of BullMQ that somebody else has loaded: an app without it can load this.
 *
 * @internal
 */
export class QueueOverBullMq implements KopoKopoDeliveryQueue {
  readonly #library: BullMq;
  readonly #options: BullMqDeliveryQueueOptions;
  readonly #connection: ConnectionOptions;
  readonly #name: string;
  readonly #logger = new Logger('KopoKopoQueue');
  readonly #handles = new Map<string, Handle>();
  #queue: Queue<QueuedJob> | undefined;
  #worker: Worker<QueuedJob> | undefined;
  #closing: Promise<void> | undefined;
  #isAway = false;

  constructor(options: BullMqDeliveryQueueOptions, library: BullMq) {
    const { url, connection, name = 'kopokopo-deliveries' } = { ...options };
    checkOptions({ ...options, name });
    this.#library = library;
    this.#options = { ...options };
    this.#connection = connection ?? connectionOf(url!);
    this.#name = name;
  }

  async add(job: QueuedJob, id: string, delay = 0): Promise<void> {
    const { attempts = 12, backoff = 1_000 } = this.#options;
    const queue = this.#producer();
    const added = queue.add(job.kind, job, {
      jobId: id,
      delay,
      attempts,
      backoff: { type: 'exponential', delay: backoff },
      removeOnComplete: job.kind === 'check' ? true : KEPT,
      removeOnFail: false,
    });
    const { id: jobId } = await storeStep(added, LIMIT);
    // One that was given up stands there, and BullMQ adds none of its id.
    const state = await storeStep(queue.getJobState(jobId!), LIMIT);
    if (state === 'failed') await this.#again(queue, jobId!);
    this.#isAway = false;
  }

  async remove(id: string): Promise<void> {
    await storeStep(this.#producer().remove(id), LIMIT);
  }

  start(
    account: string,
    handle: (job: QueuedJob) => Promise<QueuedJobFate>,
  ): void {
    this.#handles.set(account, handle);
    if (this.#options.worker === false || this.#worker !== undefined) return;
    const { concurrency = 10 } = this.#options;
    this.#worker = new this.#library.Worker<QueuedJob>(
      this.#name,
      (job, token) => this.#work(job, token),
      {
        connection: this.#connection,
        concurrency,
        lockDuration: LOCK,
        stalledInterval: LOOK,
        // A process that is killed with a job in hand is no fault of the job.
        maxStalledCount: 1_000,
      },
    );
    this.#worker.on('error', (error) => this.#tellAway(error));
    this.#worker.on('failed', (job, error) => this.#tellGivenUp(job, error));
  }

  /** Several accounts may share a queue: the first one to close it ends it for all. */
  close(limit = LIMIT): Promise<void> {
    this.#closing ??= this.#close(limit);
    return this.#closing;
  }

  async #again(queue: Queue<QueuedJob>, id: string): Promise<void> {
    const job = await storeStep(queue.getJob(id), LIMIT);
    // Another process may have been quicker.
    await job?.retry('failed').catch(() => undefined);
  }

  /** A Redis that is away must not keep the process alive. */
  async #close(limit: number): Promise<void> {
    const [worker, queue] = [this.#worker, this.#queue];
    const inOrder = Promise.all([worker?.close(), queue?.close()]);
    try {
      await storeStep(inOrder, limit);
    } catch (error) {
      inOrder.catch(() => undefined);
      const gone = (): undefined => undefined;
      void worker?.close(true).catch(gone);
      void worker?.disconnect().catch(gone);
      void queue?.disconnect().catch(gone);
      throw error;
    }
  }

  #producer(): Queue<QueuedJob> {
    if (this.#queue === undefined) {
      this.#queue = new this.#library.Queue<QueuedJob>(this.#name, {
        connection: this.#connection,
      });
      this.#queue.on('error', (error) => this.#tellAway(error));
    }
    return this.#queue;
  }

  async #work(job: Job<QueuedJob>, token: string | undefined): Promise<void> {
    const handle = this.#handles.get(job.data.account);
    const result: QueuedJobFate =
      handle === undefined
        ? { fate: 'again', inMs: LOOK, job: job.data }
        : await handle(job.data);
    if (result.fate === 'done') return;
    if (result.fate === 'failed') throw withoutStack(result.reason);
    await job.updateData(result.job);
    await job.moveToDelayed(Date.now() + result.inMs, token);
    throw new this.#library.DelayedError();
  }

  #tellGivenUp(job: Job<QueuedJob> | undefined, error: Error): void {
    if (job === undefined || job.attemptsMade < (job.opts.attempts ?? 1))
      return;
    this.#logger.error(
      `Job ${job.id} of queue ${this.#name} is given up after ${job.attemptsMade} attempts: ${error.message} It stays among the failed ones.`,
    );
  }

  /** What the client says may quote the URL with its password. */
  #tellAway(error: Error): void {
    if (this.#isAway) return;
    this.#isAway = true;
    const { code } = error as NodeJS.ErrnoException;
    this.#logger.warn(
      `The Redis of queue ${this.#name} is out of reach (${code ?? 'no code'}).`,
    );
  }
}

/** Older releases of BullMQ take no URL. */
function connectionOf(given: string): ConnectionOptions {
  const url = new URL(given);
  const { hostname, port, username, password, protocol } = url;
  const named = url.pathname.replaceAll('/', '');
  const db = named || (url.searchParams.get('db') ?? '');
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? 6_379 : Number(port),
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
    ...(db !== '' && { db: Number(db) }),
    ...(protocol === 'rediss:' && { tls: {} }),
  };
}

/** BullMQ keeps the stack of each failure. */
function withoutStack(reason: string): Error {
  const error = new Error(reason);
  error.stack = reason;
  return error;
}

function checkOptions({
  url,
  connection,
  name,
  concurrency = 1,
  attempts = 1,
  backoff = 1,
}: BullMqDeliveryQueueOptions): void {
  const problems = [
    (url === undefined) === (connection === undefined) &&
      'set url or connection, and not both',
    url !== undefined &&
      redisUrlProblem(url) !== undefined &&
      `url ${redisUrlProblem(url)}`,
    (typeof name !== 'string' || name === '' || name.includes(':')) &&
      'name must be a text without a colon',
    ![concurrency, attempts, backoff].every(
      (value) => Number.isInteger(value) && value >= 1,
    ) && 'concurrency, attempts and backoff must be whole numbers from 1',
  ].filter((problem) => problem !== false);
  if (problems.length === 0) return;
  throw new KopoKopoConfigurationError(
    `BullMqDeliveryQueue is not set up: ${problems.join('; ')}.`,
    { messages: problems },
  );
}
