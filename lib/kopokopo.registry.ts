import { Injectable, Module } from '@nestjs/common';
import { KopoKopoConfigurationError } from './errors/configuration.error.js';

/**
 * The names of all instances in one app.
 *
 * @internal
 */
@Injectable()
export class KopoKopoRegistry {
  private readonly names = new Set<string | undefined>();

  /** @throws KopoKopoConfigurationError when the name is taken */
  register(name: string | undefined): void {
    if (this.names.has(name)) {
      throw new KopoKopoConfigurationError(
        name === undefined
          ? 'KopoKopoModule is set up twice without a name: import it once with isGlobal, or give one of them a name.'
          : `KopoKopoModule is set up twice with the name "${name}": give each instance its own.`,
      );
    }
    this.names.add(name);
  }
}

/** One for the whole app, whatever the number of instances. @internal */
@Module({ providers: [KopoKopoRegistry], exports: [KopoKopoRegistry] })
export class KopoKopoRegistryModule {}
