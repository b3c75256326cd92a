import type { Provider } from '@nestjs/common';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { RUNTIME, type Runtime, systemRuntime } from '../time/runtime.js';
import { AppWide } from './app-wide.module.js';
import { AuthorisedCalls } from './authorised-calls.js';
import { CallsAtShutdown } from './calls-at-shutdown.js';
import { CallsUnderWay } from './calls-under-way.js';
import { ClientSecrets } from './client-secrets.js';
import { OAuthEndpoint } from './oauth.endpoint.js';
import { FleetDebts } from './store/fleet-debts.js';
import { FleetLink } from './store/fleet-link.js';
import { FleetMembership } from './store/fleet-membership.js';
import { FleetPulse } from './store/fleet-pulse.js';
import { FleetPublisher } from './store/fleet-publisher.js';
import { FleetReminder } from './store/fleet-reminder.js';
import { FleetTokenSource } from './store/fleet-token-source.js';
import { TokenVault } from './store/token-vault.js';
import { OverdueTokens } from './overdue-tokens.js';
import { LateTokens } from './late-tokens.js';
import { TokenCache } from './token-cache.js';
import { TokenEvents } from './token-events.js';
import { TokenLedger } from './token-ledger.js';
import { TokenLifecycle } from './token-lifecycle.js';
import { TokenMinter } from './token-minter.js';
import { TokenRetirement } from './token-retirement.js';
import { TokenRevoker } from './token-revoker.js';
import { TokenService } from './token.service.js';
import { TokenSettlement } from './token-settlement.js';
import { TokenUses } from './token-uses.js';
import { TokenWatch } from './token-watch.js';
import { RejectionThrottle } from './rejection-throttle.js';
import { getTokenServiceToken } from './token.tokens.js';

/** The token room of one instance. @internal */
export function tokenProviders(name: string | undefined): Provider[] {
  return [
    { provide: RUNTIME, useFactory: systemRuntime },
    {
      provide: TokenCache,
      useFactory: (
        source: FleetTokenSource,
        options: ResolvedOptions,
        runtime: Runtime,
        watch: TokenWatch,
      ) => new TokenCache(source, options.token, runtime, watch),
      inject: [FleetTokenSource, KOPOKOPO_OPTIONS, RUNTIME, TokenWatch],
    },
    {
      provide: AuthorisedCalls,
      useFactory: (...parts: ConstructorParameters<typeof AuthorisedCalls>) =>
        new AuthorisedCalls(...parts),
      inject: [
        getTokenServiceToken(name),

        CallsUnderWay,
        TokenUses,
        RejectionThrottle,
        RUNTIME,
      ],
    },
    CallsAtShutdown,
    CallsUnderWay,
    ClientSecrets,
    FleetDebts,
    FleetLink,
    FleetMembership,
    FleetPublisher,
    FleetReminder,
    FleetPulse,
    FleetTokenSource,
    OAuthEndpoint,
    OverdueTokens,
    TokenEvents,
    TokenLedger,
    {
      provide: TokenLifecycle,
      useFactory: (
        app: AppWide,
        tokens: unknown,
        cache: TokenCache,
        settlement: TokenSettlement,
        options: ResolvedOptions,
        runtime: Runtime,
      ) =>
        new TokenLifecycle(
          app,
          { tokens, cache, settlement },
          options,
          runtime,
        ),
      inject: [
        AppWide,
        getTokenServiceToken(name),
        TokenCache,
        TokenSettlement,
        KOPOKOPO_OPTIONS,
        RUNTIME,
      ],
    },
    TokenMinter,
    TokenRetirement,
    TokenRevoker,
    TokenSettlement,
    TokenUses,
    LateTokens,
    TokenVault,
    TokenWatch,
    RejectionThrottle,
    { provide: getTokenServiceToken(name), useClass: TokenService },
  ];
}
