import { HttpModule } from '@nestjs/axios';
import {
  ConfigurableModuleBuilder,
  type DynamicModule,
  Module,
} from '@nestjs/common';
import { apiProviders } from './api/api.providers.js';
import { getKopoKopoHttpServiceToken } from './api/api.tokens.js';
import type {
  KopoKopoModuleExtras,
  KopoKopoModuleOptions,
} from './config/kopokopo-options.interface.js';
import { resolveOptions } from './config/options.resolver.js';
import { httpOptions } from './http/http-options.factory.js';
import { UpstreamClient } from './http/upstream.client.js';
import { UpstreamErrorInterceptor } from './http/upstream-error.interceptor.js';
import { KOPOKOPO_NAME, KOPOKOPO_OPTIONS } from './kopokopo.constants.js';
import { KopoKopoRegistryModule } from './kopokopo.registry.js';
import { ShutdownHooksModule } from './token/shutdown-hooks-check.js';
import { tokenProviders } from './token/token.providers.js';
import { getTokenServiceToken } from './token/token.tokens.js';

/** Holds the options of one instance, so that its HttpModule can have them too. @internal */
@Module({})
export class KopoKopoOptionsModule {}

const builder = new ConfigurableModuleBuilder<KopoKopoModuleOptions>({
  moduleName: 'KopoKopo',
})
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createKopoKopoOptions')
  .setExtras<KopoKopoModuleExtras>(
    { isGlobal: false, name: undefined },
    (definition, { isGlobal, name }) => layOut(definition, isGlobal, name),
  )
  .build();

/** @internal */
export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = builder;

function layOut(
  definition: DynamicModule,
  isGlobal: boolean | undefined,
  name: string | undefined,
): DynamicModule {
  const options: DynamicModule = {
    module: KopoKopoOptionsModule,
    imports: definition.imports ?? [],
    providers: [
      ...(definition.providers ?? []),
      { provide: KOPOKOPO_NAME, useValue: name },
      {
        provide: KOPOKOPO_OPTIONS,
        useFactory: resolveOptions,
        inject: [builder.MODULE_OPTIONS_TOKEN, KOPOKOPO_NAME],
      },
    ],
    exports: [KOPOKOPO_OPTIONS],
  };
  return {
    module: definition.module,
    global: isGlobal ?? false,
    imports: [
      KopoKopoRegistryModule,
      ShutdownHooksModule,
      options,
      HttpModule.registerAsync({
        imports: [options],
        useFactory: httpOptions,
        inject: [KOPOKOPO_OPTIONS],
      }),
    ],
    providers: [
      UpstreamClient,
      UpstreamErrorInterceptor,
      ...tokenProviders(name),
      ...apiProviders(name),
    ],
    exports: [getTokenServiceToken(name), getKopoKopoHttpServiceToken(name)],
  };
}
