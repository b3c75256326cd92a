import { setTimeout as wait } from 'node:timers/promises';
import type { KopoKopoTokenOptions } from '../../../lib/index.js';
import {
  KopoKopoSandbox,
  type KopoKopoSandboxOptions,
  type SandboxRequest,
} from '../../../lib/testing/index.js';
import { TokenSealer } from '../../../lib/token/store/token-sealer.js';
import { PATIENCE } from '../../support/patience.js';
import { RedisServer } from '../../support/redis-server.js';
import { FleetPod } from './fleet-pod.js';

/** Small, so that a fleet's day takes seconds; the lapse leaves room for a loaded machine. */
export const TIMES = {
  beat: 250,
  lapse: 1_000,
  revokeDelay: 100,
  mintBudget: 2_000,
  attemptTimeout: 1_500,
} as const;

/** Pods of a whole fleet: `npm test` starts half of what CI starts. */
export const PODS = process.env.CI ? 8 : 4;

/** Milliseconds for one HTTP attempt. */
const TIMEOUT = 1_500;

/** A token that is superseded is due so many milliseconds later, and found at the next beat. */
export const RETIRED_FOR = TIMES.lapse + TIMEOUT + TIMES.beat;

export interface FleetSettings {
  sandbox?: KopoKopoSandboxOptions;
  token?: Omit<KopoKopoTokenOptions, 'store'>;
  ownClient?: boolean;
}

/** A Redis, a Kopo Kopo and pods, all of the test's own. */
export class Fleet {
  readonly pods: FleetPod[] = [];

  private constructor(
    readonly sandbox: KopoKopoSandbox,
    readonly redis: RedisServer,
    private readonly settings: FleetSettings,
  ) {}

  static async start(settings: FleetSettings = {}): Promise<Fleet> {
    const [sandbox, redis] = await Promise.all([
      KopoKopoSandbox.start({ api: 'scripted', ...settings.sandbox }),
      RedisServer.start(),
    ]);
    return new Fleet(sandbox, redis, settings);
  }

  /** Starts pods, without a token of theirs; resolves when all are ready and connected. */
  async grow(count: number): Promise<FleetPod[]> {
    const pods = Array.from({ length: count }, () => this.spawn());
    return Promise.all(pods.map((pod) => this.member(pod)));
  }

  /** The pod, once the store has answered it: a slow machine is not what is tried. */
  async member(pod: FleetPod): Promise<FleetPod> {
    await pod.ready();
    await until(async () => {
      const status = await pod.ask<{ members?: number }>('status');
      return (status.members ?? 0) > 0;
    });
    return pod;
  }

  spawn(): FleetPod {
    const { sandbox, redis, settings } = this;
    const name = `pod-${this.pods.length + 1}`;
    const pod = new FleetPod(name, {
      redis: redis.url,
      ownClient: settings.ownClient,
      options: {
        ...sandbox.moduleOptions,
        // So that the sandbox's log says who asked.
        userAgent: name,
        timeout: TIMEOUT,
        token: { prefetch: 'off', ...TIMES, ...settings.token },
        shutdown: { timeout: 4_000 },
      },
    });
    this.pods.push(pod);
    return pod;
  }

  get living(): FleetPod[] {
    return this.pods.filter(({ alive }) => alive);
  }

  /** The token of every living pod. */
  tokens(): Promise<string[]> {
    return Promise.all(this.living.map((pod) => pod.get()));
  }

  async load(how: { call?: boolean; every: number }): Promise<void> {
    await Promise.all(this.living.map((pod) => pod.ask('load', how)));
  }

  /** All pods stop in good order, at once. */
  async stop(): Promise<void> {
    await Promise.all(this.living.map((pod) => pod.stop()));
  }

  requests(route: SandboxRequest['route']): SandboxRequest[] {
    return this.sandbox.requests.filter((request) => request.route === route);
  }

  /** How often a pod said that its store did not answer in time, and that it gets tokens of its own meanwhile. */
  get timesOutOfReach(): number {
    const said = 'The token store is out of reach';
    return this.pods.reduce(
      (sum, { log }) => sum + log.split(said).length - 1,
      0,
    );
  }

  /** Values the store knows: in use, or to be revoked. */
  async known(): Promise<Set<string>> {
    const { url, clientId, issuedTokens } = this.sandbox;
    const sealer = new TokenSealer(url, clientId);
    const dump = await this.redis.dump();
    return new Set(
      issuedTokens.filter((value) => dump.includes(sealer.idOf(value))),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      this.living.map(async (pod) => {
        // A stopped process gets nothing else.
        pod.send('SIGKILL');
        await pod.ended();
      }),
    );
    await Promise.all([this.redis[Symbol.asyncDispose](), this.sandbox.stop()]);
  }
}

/** Looks until it holds; gives what held last to the assertion that follows. */
export async function until(
  holds: () => boolean | Promise<boolean>,
): Promise<boolean> {
  const end = Date.now() + PATIENCE;
  while (!(await holds())) {
    if (Date.now() >= end) return false;
    await wait(25);
  }
  return true;
}
