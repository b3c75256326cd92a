import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { KopoKopoConfigurationError } from '../../errors/configuration.error.js';
import type { KopoKopoDelivery } from '../delivery.types.js';
import { keptDelivery } from './kept-deliveries.js';

/**
 * The delivery that `KopoKopoSignatureGuard` has let in, as a parameter of a controller's method.
 *
 * @example
 * ```ts
 * @Post('hooks')
 * @UseGuards(KopoKopoSignatureGuard)
 * take(@KopoKopoDelivered() delivery: KopoKopoDelivery) {}
 * ```
 * @throws KopoKopoConfigurationError where the guard does not stand before the method
 * @publicApi
 */
export const KopoKopoDelivered: () => ParameterDecorator = createParamDecorator(
  (_: unknown, context: ExecutionContext): KopoKopoDelivery => {
    const request = context.switchToHttp().getRequest<object>();
    const delivery = keptDelivery(request);
    if (delivery !== undefined) return delivery;
    throw new KopoKopoConfigurationError(
      '@KopoKopoDelivered() needs @UseGuards(KopoKopoSignatureGuard) on its method.',
    );
  },
);
