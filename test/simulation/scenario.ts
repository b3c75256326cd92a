import {
  DEFAULTS,
  SHUTDOWN_DEFAULTS,
  TOKEN_DEFAULTS,
  RESULTS_DEFAULTS,
  WEBHOOKS_DEFAULTS,
} from '../../lib/config/options.defaults.js';
import type { ResolvedOptions } from '../../lib/config/resolved-options.interface.js';
import { Secret } from '../../lib/config/secret.js';
import type { Chance } from './chance.js';

/** What goes wrong on the wire or at the server, for a while. */
export type Fault =
  | 'none'
  | 'server-error'
  | 'rate-limit'
  | 'hang'
  | 'reset'
  | 'unreachable'
  | 'malformed'
  | 'invalid-client'
  | 'short-life'
  | 'slow';

export interface Phase {
  /** Milliseconds from the beginning of the run. */
  from: number;
  fault: Fault;
  /** Share of requests that meet it. */
  share: number;
}

export type SecretKind = 'text' | 'list' | 'function';

/** Everything about a run that is settled before it begins. */
export interface Scenario {
  /** Nothing goes wrong: nobody may notice that tokens expire at all. */
  calm: boolean;
  options: ResolvedOptions;
  secretKind: SecretKind;
  /** Seconds. */
  life: number;
  /** Milliseconds of one way on the wire, on average. */
  latency: number;
  /** The server hands out a token again while this share of its life is left; 1 is never. */
  reuseFrom: number;
  revokePrevious: boolean;
  /** The server says when a token was created. */
  tellsCreation: boolean;
  revocationWorks: boolean;
  phases: Phase[];
  steps: number;
  /** Milliseconds. */
  length: number;
}

export const SECRETS = ['secret-0', 'secret-1', 'secret-2'];

const FAULTS: Record<Exclude<Fault, 'none'>, number> = {
  'server-error': 3,
  'rate-limit': 2,
  hang: 2,
  reset: 2,
  unreachable: 1,
  malformed: 2,
  'invalid-client': 2,
  'short-life': 2,
  slow: 2,
};

export function scenarioOf(
  chance: Chance,
  secret: () => string | Promise<string>,
): Scenario {
  const calm = chance.is(0.15);
  const usual = chance.is(0.4);
  const life = usual ? 3_600 : chance.spread(3, 7_200);
  const length = life * 1_000 * chance.between(0.5, 3);
  const secretKind = chance.weighted<SecretKind>({
    text: 4,
    list: 2,
    function: 1,
  });
  const clientSecret = {
    text: SECRETS[0]!,
    list: SECRETS,
    function: secret,
  }[secretKind];
  const token = usual && chance.is(0.7) ? {} : tokenOptions(chance, calm, life);
  const options: ResolvedOptions = {
    name: undefined,
    origin: 'https://api.example',
    clientId: 'client',
    clientSecret: new Secret(clientSecret),
    apiKey: undefined,
    store: undefined,
    journal: DEFAULTS.journal,
    webhooks: WEBHOOKS_DEFAULTS,
    results: RESULTS_DEFAULTS,
    apiVersion: DEFAULTS.apiVersion,
    timeout: chance.is(0.6) ? DEFAULTS.timeout : chance.spread(500, 15_000),
    userAgent: 'simulation',
    http: new Secret({}),
    token: { ...TOKEN_DEFAULTS, ...token },
    shutdown: {
      ...SHUTDOWN_DEFAULTS,
      timeout: chance.is(0.5) ? 5_000 : chance.spread(500, 10_000),
    },
  };
  const lead = life * 1_000 * options.token.earlyWindow;
  return {
    calm,
    options,
    secretKind,
    life,
    // Revocation has to fit into the end of a shutdown, a renewal into the shortest lead.
    latency: Math.min(
      options.shutdown.timeout / 200,
      calm ? Math.min(200, lead / 50) : chance.spread(1, 400),
    ),
    reuseFrom: !calm && chance.is(0.25) ? chance.between(0, 0.9) : 1,
    revokePrevious: !calm && chance.is(0.15),
    tellsCreation: chance.is(0.8),
    revocationWorks: calm || chance.is(0.6),
    phases: calm ? [] : phasesOf(chance, length),
    steps: chance.whole(3, 13),
    length,
  };
}

function tokenOptions(
  chance: Chance,
  calm: boolean,
  life: number,
): Partial<ResolvedOptions['token']> {
  // Not so short beside the life that a run has no end.
  const cooldownMin = Math.max(life, chance.spread(10, 5_000));
  const given = {
    earlyWindow: chance.between(0.05, 0.9),
    lastWindow: chance.spread(1, 30_000),
    mintBudget: chance.spread(300, 20_000),
    mintAttempts: chance.whole(1, 5),
    attemptTimeout: chance.spread(100, 8_000),
    cooldownMin,
    cooldownMax: Math.max(5 * life, chance.spread(cooldownMin, 120_000)),
    revokeDelay: chance.spread(1, life * 1_500),
  };
  return calm ? { ...given, mintBudget: 10_000, attemptTimeout: 4_000 } : given;
}

function phasesOf(chance: Chance, length: number): Phase[] {
  const phases: Phase[] = [];
  for (let at = 0; at < length; at += chance.exponential(length / 5)) {
    phases.push({
      from: at,
      fault: chance.is(0.45) ? 'none' : chance.weighted(FAULTS),
      share: chance.is(0.5) ? 1 : chance.next(),
    });
  }
  return phases;
}
