import type { ResolvedOptions } from '../../lib/config/resolved-options.interface.js';
import type { UpstreamClient } from '../../lib/http/upstream.client.js';
import type { Runtime } from '../../lib/time/runtime.js';
import { ClientSecrets } from '../../lib/token/client-secrets.js';
import { OAuthEndpoint } from '../../lib/token/oauth.endpoint.js';
import { FleetDebts } from '../../lib/token/store/fleet-debts.js';
import { FleetLink } from '../../lib/token/store/fleet-link.js';
import { FleetMembership } from '../../lib/token/store/fleet-membership.js';
import { FleetPulse } from '../../lib/token/store/fleet-pulse.js';
import { FleetPublisher } from '../../lib/token/store/fleet-publisher.js';
import { FleetReminder } from '../../lib/token/store/fleet-reminder.js';
import { FleetTokenSource } from '../../lib/token/store/fleet-token-source.js';
import { TokenVault } from '../../lib/token/store/token-vault.js';
import { RejectionThrottle } from '../../lib/token/rejection-throttle.js';
import { CallsAtShutdown } from '../../lib/token/calls-at-shutdown.js';
import { CallsUnderWay } from '../../lib/token/calls-under-way.js';
import { OverdueTokens } from '../../lib/token/overdue-tokens.js';
import { LateTokens } from '../../lib/token/late-tokens.js';
import { TokenCache } from '../../lib/token/token-cache.js';
import type { TokenCacheObserver } from '../../lib/token/token-cache.observer.js';
import { TokenEvents } from '../../lib/token/token-events.js';
import { TokenLedger } from '../../lib/token/token-ledger.js';
import { TokenMinter } from '../../lib/token/token-minter.js';
import { TokenRetirement } from '../../lib/token/token-retirement.js';
import { TokenRevoker } from '../../lib/token/token-revoker.js';
import { TokenService } from '../../lib/token/token.service.js';
import { TokenSettlement } from '../../lib/token/token-settlement.js';
import type { TokenSource } from '../../lib/token/token-source.interface.js';
import type { TokenUses } from '../../lib/token/token-uses.js';
import { TokenWatch } from '../../lib/token/token-watch.js';

export interface TokenRoom {
  cache: TokenCache;
  ledger: TokenLedger;
  fleet: FleetMembership;
  settlement: TokenSettlement;
  tokens: TokenService;
}

/** Puts the real classes together as `token.providers.ts` does, on a wire and a runtime of our own. */
export function buildTokenRoom(
  options: ResolvedOptions,
  runtime: Runtime,
  wire: Pick<UpstreamClient, 'send'>,
  uses: TokenUses,
  overseer: {
    source(source: TokenSource): TokenSource;
    observer(watch: TokenWatch): TokenCacheObserver;
  },
): TokenRoom {
  const events = new TokenEvents();
  const ledger = new TokenLedger(runtime);
  const secrets = new ClientSecrets(events, options, runtime);
  const endpoint = new OAuthEndpoint(
    wire as UpstreamClient,
    secrets,
    ledger,
    options,
    runtime,
  );
  const revoker = new TokenRevoker(endpoint, ledger, events, options, runtime);
  const retirement = new TokenRetirement(
    uses,
    revoker,
    ledger,
    options,
    runtime,
  );
  const overdue = new OverdueTokens(revoker, ledger, options, runtime);
  const minter = new TokenMinter(endpoint, overdue, options, runtime);
  const vault = new TokenVault(secrets, ledger, options, runtime);
  const link = new FleetLink(vault, events, options, runtime);
  const publisher = new FleetPublisher(link, vault, ledger, runtime);
  const reminder = new FleetReminder(link, ledger);
  const source = new FleetTokenSource(
    link,
    vault,
    publisher,
    reminder,
    minter,
    options,
    runtime,
  );
  const cache = new TokenCache(
    overseer.source(source),
    options.token,
    runtime,
    overseer.observer(
      new TokenWatch(
        events,
        retirement,
        revoker,
        ledger,
        link,
        publisher,
        reminder,
        new RejectionThrottle(options, runtime),
        new LateTokens(uses, revoker),
        options,
        runtime,
      ),
    ),
  );
  const debts = new FleetDebts(
    link,
    vault,
    cache,
    revoker,
    uses,
    options,
    runtime,
  );
  const pulse = new FleetPulse(
    link,
    vault,
    source,
    publisher,
    reminder,
    debts,
    cache,
    ledger,
    events,
    options,
    runtime,
  );
  const fleet = new FleetMembership(
    link,
    vault,
    source,
    publisher,
    reminder,
    debts,
    pulse,
    options,
    runtime,
  );
  return {
    cache,
    ledger,
    fleet,
    settlement: new TokenSettlement(
      new CallsAtShutdown(new CallsUnderWay(), uses, options, runtime),
      cache,
      minter,
      revoker,
      retirement,
      fleet,
      options,
      runtime,
    ),
    tokens: new TokenService(
      cache,
      minter,
      revoker,
      endpoint,
      events,
      fleet,
      options,
      runtime,
    ),
  };
}
