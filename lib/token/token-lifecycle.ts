import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { isKopoKopoError } from '../errors/kopokopo.error.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../time/runtime.js';
import { TokenCache } from './token-cache.js';
import { TokenSettlement } from './token-settlement.js';

/** Milliseconds after bootstrap in which `enableShutdownHooks()` may still be called. */
const GRACE = 250;

/**
 * Nest's hooks: the first token at bootstrap, the last revocation on shutdown. Requests are served
 * until the server has drained, so revocation belongs in `onApplicationShutdown`; a drain that takes
 * too long is not waited for.
 *
 * @internal
 */
@Injectable()
export class TokenLifecycle
  implements
    OnApplicationBootstrap,
    BeforeApplicationShutdown,
    OnApplicationShutdown
{
  private readonly logger = new Logger(TokenLifecycle.name);
  private cancelWarning: () => void = () => {};
  private cancelDeadline: () => void = () => {};
  private settling: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly cache: TokenCache,
    private readonly settlement: TokenSettlement,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { prefetch } = this.options.token;
    if (prefetch === 'required') await this.cache.get();
    if (prefetch === 'background') {
      this.cache.get().catch((error: unknown) => this.logFirstFailure(error));
    }
    // Last: createApplicationContext() hands the app out once this has resolved.
    this.warnWithoutShutdownHooks();
  }

  beforeApplicationShutdown(): void {
    this.cancelWarning();
    const { revoke, deadline } = this.options.shutdown;
    if (!revoke) return;
    this.cancelDeadline();
    this.cancelDeadline = this.runtime.timers.later(
      deadline,
      () => void this.settle({ final: false }),
    );
  }

  async onApplicationShutdown(): Promise<void> {
    this.cancelDeadline();
    if (!this.options.shutdown.revoke) return this.cache.stopRenewing();
    await this.settle({ final: true });
  }

  /** Hooks may run twice, at once or later: each finds what is left, and waits for the others. */
  private async settle(how: { final: boolean }): Promise<void> {
    const settled = Promise.all([this.settling, this.settlement.settle(how)]);
    this.settling = settled;
    await settled;
  }

  private logFirstFailure(error: unknown): void {
    const why = isKopoKopoError(error) ? error.message : 'unexpected failure';
    this.logger.warn(
      `No access token at bootstrap, the first caller tries again: ${why}`,
    );
  }

  private warnWithoutShutdownHooks(): void {
    if (!this.options.shutdown.revoke) return;
    this.cancelWarning = this.runtime.timers.later(GRACE, () => {
      if (process.listenerCount('SIGTERM') > 0) return;
      this.logger.warn(
        'Nothing listens for SIGTERM: call app.enableShutdownHooks(), or the access token outlives this process.',
      );
    });
  }
}
