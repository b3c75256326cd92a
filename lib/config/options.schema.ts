import type {
  KopoKopoHttpOptions,
  KopoKopoModuleOptions,
  KopoKopoResultsOptions,
  KopoKopoShutdownOptions,
  KopoKopoTokenOptions,
  KopoKopoWebhooksOptions,
} from './kopokopo-options.interface.js';
import { baseUrlProblem } from './base-url.js';
import { publicUrlProblem, webhookPathProblem } from './webhook-url.js';
import {
  agent,
  deliveryQueue,
  plainObject,
  proxy,
  store,
  tokenStore,
} from './object-checks.js';
import {
  apiKey,
  between,
  clientSecret,
  credential,
  flag,
  headerText,
  milliseconds,
  oneOf,
  version,
  wholeBetween,
} from './option-checks.js';
import { Option, optional } from './option-rule.decorator.js';

/** @internal */
export class HttpOptionsSchema {
  @Option(optional(agent)) httpAgent?: KopoKopoHttpOptions['httpAgent'];
  @Option(optional(agent)) httpsAgent?: KopoKopoHttpOptions['httpsAgent'];
  @Option(optional(proxy)) proxy?: KopoKopoHttpOptions['proxy'];
}

/** @internal */
export class TokenOptionsSchema implements KopoKopoTokenOptions {
  @Option(optional(oneOf('off', 'background', 'required')))
  prefetch?: KopoKopoTokenOptions['prefetch'];
  @Option(optional(between(0.05, 0.9))) earlyWindow?: number;
  @Option(optional(milliseconds)) lastWindow?: number;
  @Option(optional(milliseconds)) mintBudget?: number;
  @Option(optional(wholeBetween(1, 10))) mintAttempts?: number;
  @Option(optional(milliseconds)) attemptTimeout?: number;
  @Option(optional(milliseconds)) cooldownMin?: number;
  @Option(optional(milliseconds)) cooldownMax?: number;
  @Option(optional(milliseconds)) revokeDelay?: number;
  @Option(optional(tokenStore)) store?: KopoKopoTokenOptions['store'];
  @Option(optional(milliseconds)) beat?: number;
  @Option(optional(milliseconds)) lapse?: number;
}

/** @internal */
export class ShutdownOptionsSchema implements KopoKopoShutdownOptions {
  @Option(optional(flag)) revoke?: boolean;
  @Option(optional(milliseconds)) timeout?: number;
  @Option(optional(milliseconds)) deadline?: number;
}

/** @internal */
export class WebhooksOptionsSchema implements KopoKopoWebhooksOptions {
  @Option(optional(webhookPathProblem)) path?: string;
  @Option(optional(publicUrlProblem)) publicUrl?: string;
  @Option(optional(milliseconds)) timeout?: number;
  @Option(optional(milliseconds)) longest?: number;
  @Option(optional(wholeBetween(1_024, 67_108_864))) limit?: number;
  @Option(optional(oneOf('warn', 'ignore')))
  unhandled?: KopoKopoWebhooksOptions['unhandled'];

  @Option(optional(deliveryQueue)) queue?: KopoKopoWebhooksOptions['queue'];
}

/** @internal */
export class ResultsOptionsSchema implements KopoKopoResultsOptions {
  @Option(optional(flag)) check?: boolean;
  @Option(optional(milliseconds)) first?: number;
  @Option(optional(milliseconds)) longest?: number;
  @Option(optional(milliseconds)) until?: number;
}

/** @internal */
export class OptionsSchema {
  @Option(optional(oneOf('sandbox', 'production')))
  environment?: KopoKopoModuleOptions['environment'];

  @Option(optional(baseUrlProblem)) baseUrl?: string;
  @Option(credential) clientId?: string;
  @Option(clientSecret) clientSecret?: KopoKopoModuleOptions['clientSecret'];
  @Option(optional(apiKey)) apiKey?: KopoKopoModuleOptions['apiKey'];
  @Option(optional(version)) apiVersion?: string;
  @Option(optional(milliseconds)) timeout?: number;
  @Option(optional(headerText)) userAgent?: string;
  @Option(optional(plainObject)) http?: KopoKopoHttpOptions;
  @Option(optional(plainObject)) token?: KopoKopoTokenOptions;
  @Option(optional(store)) store?: KopoKopoModuleOptions['store'];
  @Option(optional(oneOf('strict', 'best-effort')))
  journal?: KopoKopoModuleOptions['journal'];

  @Option(optional(plainObject)) webhooks?: KopoKopoWebhooksOptions;
  @Option(optional(plainObject)) results?: KopoKopoResultsOptions;
  @Option(optional(plainObject)) shutdown?: KopoKopoShutdownOptions;
}
