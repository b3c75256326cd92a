import { Inject, Module, Optional } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type {
  KopoKopoModuleAsyncOptions,
  KopoKopoModuleExtras,
  KopoKopoModuleOptions,
} from './config/kopokopo-options.interface.js';
import type { ResolvedOptions } from './config/resolved-options.interface.js';
import { KopoKopoConfigurationError } from './errors/configuration.error.js';
import { KOPOKOPO_OPTIONS } from './kopokopo.constants.js';
import { ConfigurableModuleClass } from './kopokopo.module-definition.js';
import { KopoKopoRegistry } from './kopokopo.registry.js';

/**
 * Kopo Kopo for a Nest app: exports `TokenService`.
 *
 * @publicApi
 */
@Module({})
export class KopoKopoModule extends ConfigurableModuleClass {
  /** @internal */
  constructor(
    @Optional() registry?: KopoKopoRegistry,
    @Optional() @Inject(KOPOKOPO_OPTIONS) options?: ResolvedOptions,
  ) {
    super();
    if (registry === undefined || options === undefined) {
      throw new KopoKopoConfigurationError(
        'KopoKopoModule is imported without options: import KopoKopoModule.forRoot(...) or forRootAsync(...) once, with isGlobal: true, and nothing in feature modules.',
      );
    }
    registry.register(options.name);
  }

  /**
   * Sets the module up with options known now.
   *
   * @throws KopoKopoConfigurationError at boot, with one sentence for each wrong option
   */
  static override forRoot(
    options: KopoKopoModuleOptions & KopoKopoModuleExtras,
  ): DynamicModule {
    return super.forRoot({ ...options });
  }

  /**
   * Sets the module up with options from `useFactory`, `useClass` or `useExisting`.
   *
   * @example
   * ```ts
   * KopoKopoModule.forRootAsync(kopokopoConfig.asProvider())
   * ```
   * @throws KopoKopoConfigurationError at boot, with one sentence for each wrong option
   */
  static override forRootAsync(
    options: KopoKopoModuleAsyncOptions,
  ): DynamicModule {
    const { useFactory, useClass, useExisting } = { ...options };
    if (!useFactory && !useClass && !useExisting) {
      throw new KopoKopoConfigurationError(
        'KopoKopoModule.forRootAsync needs useFactory, useClass or useExisting.',
      );
    }
    return super.forRootAsync(options);
  }
}
