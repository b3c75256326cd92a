import type { Provider } from '@nestjs/common';
import { UpstreamClient } from '../http/upstream.client.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { RUNTIME } from '../time/runtime.js';
import { StaleTokens } from '../token/stale-tokens.js';
import { TokenUses } from '../token/token-uses.js';
import { getTokenServiceToken } from '../token/token.tokens.js';
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
      inject: [
        UpstreamClient,
        getTokenServiceToken(name),
        TokenUses,
        StaleTokens,
        KOPOKOPO_OPTIONS,
        RUNTIME,
      ],
    },
  ];
}
