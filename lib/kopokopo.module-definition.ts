import {
  ConfigurableModuleBuilder,
  type DynamicModule,
  type FactoryProvider,
  type Provider,
} from '@nestjs/common';
import { apiProviders } from './api/api.providers.js';
import {
  getKopoKopoClientToken,
  getKopoKopoHttpServiceToken,
} from './api/api.tokens.js';
import type {
  KopoKopoModuleExtras,
  KopoKopoModuleOptions,
} from './config/kopokopo-options.interface.js';
import type { ResolvedOptions } from './config/resolved-options.interface.js';
import { resolveOptions } from './config/options.resolver.js';
import { Secret } from './config/secret.js';
import { KopoKopoConfigurationError } from './errors/configuration.error.js';
import { DeliveriesModule } from './events/deliveries.module.js';
import { eventsProviders } from './events/events.providers.js';
import { WebhookRouteModule } from './events/route/webhook-route.module.js';
import {
  getKopoKopoResultsToken,
  getKopoKopoWebhooksToken,
} from './events/webhooks.tokens.js';
import { PrivateHttpModule } from './http/private-http.module.js';
import { UpstreamClient } from './http/upstream.client.js';
import { UpstreamErrorInterceptor } from './http/upstream-error.interceptor.js';
import { KOPOKOPO_NAME, KOPOKOPO_OPTIONS } from './kopokopo.constants.js';
import { KopoKopoOptionsModule } from './kopokopo-options.module.js';
import { KopoKopoRegistryModule } from './kopokopo.registry.js';
import { StoreKeeper } from './store/store-keeper.js';
import { AppWideModule } from './token/app-wide.module.js';
import { tokenProviders } from './token/token.providers.js';
import { getTokenServiceToken } from './token/token.tokens.js';

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

/** The options as they were given hold the secrets: whoever prints the container must not see them. */
function concealed(provider: Provider): Provider {
  if (!('provide' in provider)) return provider;
  if (provider.provide !== builder.MODULE_OPTIONS_TOKEN) return provider;
  if ('useValue' in provider) {
    return { ...provider, useValue: new Secret(provider.useValue) };
  }
  const { useFactory, ...rest } = provider as FactoryProvider;
  return {
    ...rest,
    useFactory: async (...args: unknown[]) =>
      new Secret(await useFactory(...args)),
  };
}

function layOut(
  definition: DynamicModule,
  isGlobal: boolean | undefined,
  name: string | undefined,
): DynamicModule {
  if (
    name !== undefined &&
    (typeof name !== 'string' || !/^[\w.:-]+$/.test(name))
  ) {
    throw new KopoKopoConfigurationError(
      'The name of a KopoKopoModule must be a text of letters, digits and . : _ -; set another name.',
    );
  }
  const options: DynamicModule = {
    module: KopoKopoOptionsModule,
    imports: definition.imports ?? [],
    providers: [
      ...(definition.providers ?? []).map(concealed),
      { provide: KOPOKOPO_NAME, useValue: name },
      {
        provide: KOPOKOPO_OPTIONS,
        useFactory: (given: Secret<KopoKopoModuleOptions>, instance?: string) =>
          resolveOptions(given.reveal(), instance),
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
      AppWideModule,
      DeliveriesModule,
      options,
      PrivateHttpModule.with(options),
      WebhookRouteModule.with(options),
    ],
    providers: [
      UpstreamClient,
      UpstreamErrorInterceptor,
      {
        provide: StoreKeeper,
        useFactory: ({ store }: ResolvedOptions) => new StoreKeeper(store),
        inject: [KOPOKOPO_OPTIONS],
      },
      ...tokenProviders(name),
      ...apiProviders(name),
      ...eventsProviders(name),
    ],
    exports: [
      getTokenServiceToken(name),
      getKopoKopoHttpServiceToken(name),
      getKopoKopoClientToken(name),
      getKopoKopoWebhooksToken(name),
      getKopoKopoResultsToken(name),
    ],
  };
}
