import type { Provider } from '@nestjs/common';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { UpstreamClient } from '../http/upstream.client.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { type Runtime, RUNTIME } from '../time/runtime.js';
import { AuthorisedCalls } from '../token/authorised-calls.js';
import { StoreKeeper } from '../store/store-keeper.js';
import { CreationJournal } from './journal/creation.journal.js';
import type { ResourceDoor } from './resource/resource.door.js';
import {
  OPEN_CREATIONS,
  type OpenCreations,
} from './resource/open-creations.js';
import { ResultArrivals } from './resource/result-arrivals.js';
import {
  CALLBACK_URL,
  getKopoKopoClientToken,
  getKopoKopoHttpServiceToken,
} from './api.tokens.js';
import { KopoKopoHttpService } from './kopokopo-http.service.js';
import { KopoKopoClient } from './kopokopo.client.js';

/** The API room of one instance. @internal */
export function apiProviders(name: string | undefined): Provider[] {
  return [
    ResultArrivals,
    {
      provide: CreationJournal,
      useFactory: (...parts: ConstructorParameters<typeof CreationJournal>) =>
        new CreationJournal(...parts),
      inject: [StoreKeeper, KOPOKOPO_OPTIONS, RUNTIME],
    },
    {
      provide: getKopoKopoHttpServiceToken(name),
      useFactory: (
        ...parts: ConstructorParameters<typeof KopoKopoHttpService>
      ) => new KopoKopoHttpService(...parts),
      inject: [UpstreamClient, AuthorisedCalls, KOPOKOPO_OPTIONS, RUNTIME],
    },
    {
      provide: getKopoKopoClientToken(name),
      useFactory: (
        http: KopoKopoHttpService,
        { origin, apiVersion }: ResolvedOptions,
        runtime: Runtime,
        callbackUrl: ResourceDoor['callbackUrl'],
        arrivals: ResultArrivals,
        journal: CreationJournal,
        openCreations: OpenCreations,
      ) =>
        new KopoKopoClient({
          http,
          runtime,
          origin,
          apiVersion,
          callbackUrl,
          arrivals,
          journal,
          openCreations,
        }),
      inject: [
        getKopoKopoHttpServiceToken(name),
        KOPOKOPO_OPTIONS,
        RUNTIME,
        CALLBACK_URL,
        ResultArrivals,
        CreationJournal,
        OPEN_CREATIONS,
      ],
    },
  ];
}
