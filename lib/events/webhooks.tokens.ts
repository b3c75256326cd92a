import { Inject } from '@nestjs/common';
import type { InjectionToken } from '@nestjs/common';
import { KopoKopoResults } from './results/kopokopo-results.service.js';
import { KopoKopoWebhooks } from './kopokopo-webhooks.service.js';

/**
 * Injection token of the `KopoKopoWebhooks` of a named instance; without a name the class itself.
 *
 * @publicApi
 */
export function getKopoKopoWebhooksToken(name?: string): InjectionToken {
  return name === undefined ? KopoKopoWebhooks : `KopoKopoWebhooks:${name}`;
}

/**
 * Injects the `KopoKopoWebhooks` of a named instance.
 *
 * @publicApi
 */
export function InjectKopoKopoWebhooks(
  name?: string,
): PropertyDecorator & ParameterDecorator {
  return Inject(getKopoKopoWebhooksToken(name));
}

/**
 * Injection token of the `KopoKopoResults` of a named instance; without a name the class itself.
 *
 * @publicApi
 */
export function getKopoKopoResultsToken(name?: string): InjectionToken {
  return name === undefined ? KopoKopoResults : `KopoKopoResults:${name}`;
}

/**
 * Injects the `KopoKopoResults` of a named instance.
 *
 * @publicApi
 */
export function InjectKopoKopoResults(
  name?: string,
): PropertyDecorator & ParameterDecorator {
  return Inject(getKopoKopoResultsToken(name));
}
