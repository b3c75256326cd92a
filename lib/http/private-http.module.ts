import { HttpModule, HttpService } from '@nestjs/axios';
import { type DynamicModule, Module } from '@nestjs/common';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { KOPOKOPO_HTTP, KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { httpOptions } from './http-options.factory.js';

/** As @nestjs/axios sees it: axios has types of its own for each module format. */
type AxiosInstance = HttpService['axiosRef'];

/** What `HttpModule.registerAsync` provides its axios instance under. */
const AXIOS_INSTANCE = 'AXIOS_INSTANCE_TOKEN';

/**
 * `HttpModule` with an axios instance that nobody else can reach or steer: its HttpService stands
 * under a token of ours, and nothing of the app's `axios.defaults` is left in it.
 *
 * @internal
 */
@Module({
  providers: [
    {
      provide: KOPOKOPO_HTTP,
      useFactory: (instance: AxiosInstance, options: ResolvedOptions) =>
        new HttpService(withOnly(instance, httpOptions(options))),
      inject: [AXIOS_INSTANCE, KOPOKOPO_OPTIONS],
    },
  ],
  exports: [KOPOKOPO_HTTP],
})
export class PrivateHttpModule extends HttpModule {
  static with(optionsModule: DynamicModule): DynamicModule {
    return {
      ...HttpModule.registerAsync({
        imports: [optionsModule],
        // What it makes of them is thrown away by `withOnly`.
        useFactory: () => ({}),
      }),
      module: PrivateHttpModule,
    };
  }
}

/** `axios.create` starts from the app's `axios.defaults`: an agent without checks, or a bearer of its own. */
function withOnly(
  instance: AxiosInstance,
  defaults: ReturnType<typeof httpOptions>,
): AxiosInstance {
  const inherited = instance.defaults as Record<string, unknown>;
  for (const key of Object.keys(inherited)) delete inherited[key];
  Object.assign(inherited, defaults);
  return instance;
}
