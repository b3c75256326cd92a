import { Inject } from '@nestjs/common';
import type { InjectionToken } from '@nestjs/common';
import { KopoKopoHttpService } from './kopokopo-http.service.js';
import { KopoKopoClient } from './kopokopo.client.js';

/** A function that gives the URL of the instance's own webhook route. @internal */
export const CALLBACK_URL = Symbol.for('nestjs-kopokopo.callback-url');

/**
 * Injection token of the `KopoKopoHttpService` of a named instance; without a name the class itself.
 *
 * @publicApi
 */
export function getKopoKopoHttpServiceToken(name?: string): InjectionToken {
  return name === undefined
    ? KopoKopoHttpService
    : `KopoKopoHttpService:${name}`;
}

/**
 * Injects the `KopoKopoHttpService` of a named instance.
 *
 * @publicApi
 */
export function InjectKopoKopoHttpService(
  name?: string,
): PropertyDecorator & ParameterDecorator {
  return Inject(getKopoKopoHttpServiceToken(name));
}

/**
 * Injection token of the `KopoKopoClient` of a named instance; without a name the class itself.
 *
 * @publicApi
 */
export function getKopoKopoClientToken(name?: string): InjectionToken {
  return name === undefined ? KopoKopoClient : `KopoKopoClient:${name}`;
}

/**
 * Injects the `KopoKopoClient` of a named instance.
 *
 * @publicApi
 */
export function InjectKopoKopoClient(
  name?: string,
): PropertyDecorator & ParameterDecorator {
  return Inject(getKopoKopoClientToken(name));
}
