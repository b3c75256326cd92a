import type { Provider } from '@nestjs/common';
import { UpstreamClient } from '../http/upstream.client.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { RUNTIME } from '../time/runtime.js';
import { AuthorisedCalls } from '../token/authorised-calls.js';
import { getKopoKopoHttpServiceToken } from './api.tokens.js';
import { KopoKopoHttpService } from './kopokopo-http.service.js';

/** The API room of one instance. @internal */
export function apiProviders(name: string | undefined): Provider[] {
  return [
    {
      provide: getKopoKopoHttpServiceToken(name),
      useFactory: (
        ...parts: ConstructorParameters<typeof KopoKopoHttpService>
      ) => new KopoKopoHttpService(...parts),
      inject: [UpstreamClient, AuthorisedCalls, KOPOKOPO_OPTIONS, RUNTIME],
    },
  ];
}
