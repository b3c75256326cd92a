import { Inject } from '@nestjs/common';
import type { InjectionToken } from '@nestjs/common';
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
