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
import { type Fault, type Phase, type Scenario, SECRETS } from './scenario.js';

/** How one step to the store may go. */
export type StoreFault =
  | 'none'
  /** Refused at once. */
  | 'reject'
  /** Nothing is done, nobody answers. */
  | 'hang'
  /** It is done, and nobody says so. */
  | 'mute'
  /** It is done, and the connection breaks before the answer. */
  | 'lost'
  /** Done and answered, but late. */
  | 'slow';

export interface StorePhase {
  /** Milliseconds from the beginning of the run. */
  from: number;
  fault: StoreFault;
  /** Share of steps that meet it. */
  share: number;
  /** Only this pod meets it. */
  pod: number | undefined;
}

/** Everything about a run of a fleet that is settled before it begins. */
export interface FleetScenario {
  wire: Scenario;
  options: ResolvedOptions;
  pods: number;
  storePhases: StorePhase[];
  /** Milliseconds of one way to the store, at the most. */
  storeLatency: number;
  restarts: boolean;
  kills: boolean;
  rejects: boolean;
  pauses: boolean;
  stops: boolean;
  steps: number;
  /** Milliseconds. */
  length: number;
}

const STORE_FAULTS = {
  reject: 3,
  hang: 2,
  mute: 2,
  lost: 3,
  slow: 3,
} as const;

const WIRE_FAULTS = {
  'server-error': 3,
  'rate-limit': 2,
  hang: 2,
  reset: 2,
  unreachable: 1,
  slow: 1,
} as const;

export function fleetScenarioOf(chance: Chance): FleetScenario {
  const calm = chance.is(0.3);
  const rough = (share: number): boolean => !calm && chance.is(share);
  const life = Math.round(chance.between(40, 140));
  const length = life * 1_000 * chance.between(0.3, 1);
  const beat = chance.is(0.2) ? TOKEN_DEFAULTS.beat : chance.spread(1e4, 2e4);
  const options = optionsOf(chance, beat);
  const wireFaults = rough(0.3);
  const storeFaults = rough(0.6);
  return {
    wire: {
      calm: !wireFaults,
      options,
      secretKind: 'text',
      life,
      latency: chance.spread(2, 25),
      reuseFrom: 1,
      revokePrevious: false,
      tellsCreation: chance.is(0.5),
      revocationWorks: true,
      phases: wireFaults ? wirePhases(chance, length) : [],
      steps: 0,
      length,
    },
    options,
    pods: Number(chance.weighted({ 2: 6, 3: 4, 4: 1, 5: 1 })),
    storePhases: storeFaults ? storePhases(chance, length) : [],
    storeLatency: chance.pick([1, 5, 40]),
    restarts: storeFaults && chance.is(0.4),
    kills: rough(0.4),
    rejects: rough(0.4),
    pauses: rough(0.3),
    stops: chance.is(0.7),
    steps: chance.whole(5, 20),
    length,
  };
}

function optionsOf(chance: Chance, beat: number): ResolvedOptions {
  return {
    name: undefined,
    origin: 'https://api.example',
    clientId: 'client',
    clientSecret: new Secret(SECRETS[0]!),
    apiKey: undefined,
    store: undefined,
    journal: DEFAULTS.journal,
    webhooks: WEBHOOKS_DEFAULTS,
    results: RESULTS_DEFAULTS,
    apiVersion: DEFAULTS.apiVersion,
    timeout: 4_000,
    userAgent: 'simulation',
    http: new Secret({}),
    token: {
      ...TOKEN_DEFAULTS,
      beat,
      lapse: beat * chance.pick([3, 2, 2]),
      revokeDelay: chance.spread(1, 40_000),
      earlyWindow: chance.pick([0.25, 0.25, 0.5]),
      mintBudget: chance.pick([10_000, 4_000]),
    },
    shutdown: SHUTDOWN_DEFAULTS,
  };
}

function wirePhases(chance: Chance, length: number): Phase[] {
  const phases: Phase[] = [];
  for (let at = 0; at < length; at += chance.exponential(length / 4)) {
    const fault: Fault = chance.is(0.6) ? 'none' : chance.weighted(WIRE_FAULTS);
    phases.push({ from: at, fault, share: chance.is(0.5) ? 1 : chance.next() });
  }
  phases.push({ from: length, fault: 'none', share: 1 });
  return phases;
}

function storePhases(chance: Chance, length: number): StorePhase[] {
  const phases: StorePhase[] = [];
  for (let at = 0; at < length; at += chance.exponential(length / 5)) {
    phases.push({
      from: at,
      fault: chance.is(0.5) ? 'none' : chance.weighted(STORE_FAULTS),
      share: chance.is(0.5) ? 1 : chance.next(),
      pod: chance.is(0.3) ? chance.whole(1, 3) : undefined,
    });
  }
  phases.push({ from: length, fault: 'none', share: 1, pod: undefined });
  return phases;
}
