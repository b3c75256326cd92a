import { Inject } from '@nestjs/common';
import type { InjectionToken } from '@nestjs/common';
import { TokenService } from './token.service.js';

/**
 * Injection token of the `TokenService` of a named instance; without a name the class itself.
 *
 * @publicApi
 */
export function getTokenServiceToken(name?: string): InjectionToken {
  return name === undefined ? TokenService : `KopoKopoTokenService:${name}`;
}

/**
 * Injects the `TokenService` of a named instance.
 *
 * @example
 * ```ts
 * constructor(@InjectTokenService('shop-b') private readonly tokens: TokenService) {}
 * ```
 * @publicApi
 */
export function InjectTokenService(
  name?: string,
): PropertyDecorator & ParameterDecorator {
  return Inject(getTokenServiceToken(name));
}
