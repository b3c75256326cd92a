import {
  Injectable,
  Module,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { KopoKopoConfigurationError } from './errors/configuration.error.js';
import { KopoKopoOptionsModule } from './kopokopo-options.module.js';
import { KOPOKOPO_OPTIONS } from './kopokopo.constants.js';

/** A module as Nest's container knows it. */
type ContainedModule = ReturnType<ModulesContainer['get']> & object;

/**
 * The instances of one app: refuses a name that is taken, and set-ups under which a token would be left
 * alive.
 *
 * @internal
 */
@Injectable()
export class KopoKopoRegistry implements OnModuleInit {
  private readonly names = new Set<string | undefined>();

  /** `modules` is missing where another copy of @nestjs/core boots the app. */
  constructor(@Optional() private readonly modules?: ModulesContainer) {}

  /**
   * An instance is set up.
   *
   * @throws KopoKopoConfigurationError when the name is taken, or the module is loaded lazily
   */
  register(name: string | undefined): void {
    // Nest calculates distances at boot alone, and these modules are never global.
    if (this.instances().some(({ distance }) => distance === 0)) {
      throw new KopoKopoConfigurationError(
        'KopoKopoModule is loaded by LazyModuleLoader, where Nest runs no lifecycle hooks: its access token would never be revoked. Import it in a module that is loaded at boot.',
      );
    }
    if (this.names.has(name)) {
      throw new KopoKopoConfigurationError(
        name === undefined
          ? 'KopoKopoModule is set up twice without a name: import it once with isGlobal, or give one of them a name.'
          : `KopoKopoModule is set up twice with the name "${name}": give each instance its own.`,
      );
    }
    this.names.add(name);
  }

  /** @throws KopoKopoConfigurationError when options are made anew for each request */
  onModuleInit(): void {
    const isStatic = this.instances().every(
      ({ providers }) =>
        providers.get(KOPOKOPO_OPTIONS)?.isDependencyTreeStatic() ?? true,
    );
    if (isStatic) return;
    throw new KopoKopoConfigurationError(
      'The options of KopoKopoModule are request-scoped, through REQUEST or another provider that they inject: each request would fetch an access token of its own. Inject singletons only; for several accounts set up one named instance for each.',
    );
  }

  private instances(): ContainedModule[] {
    return [...(this.modules?.values() ?? [])].filter(
      ({ metatype }) => metatype === KopoKopoOptionsModule,
    );
  }
}

/** One for the whole app, whatever the number of instances. @internal */
@Module({ providers: [KopoKopoRegistry], exports: [KopoKopoRegistry] })
export class KopoKopoRegistryModule {}
