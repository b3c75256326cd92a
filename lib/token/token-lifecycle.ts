import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../time/runtime.js';
import { AppWide } from './app-wide.module.js';
import { TokenCache } from './token-cache.js';
import { TokenSettlement } from './token-settlement.js';

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
  private cancelDeadline: () => void = () => {};
  private settling: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly cache: TokenCache,
    private readonly settlement: TokenSettlement,
    private readonly app: AppWide,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { prefetch } = this.options.token;
    this.app.join(() => this.onApplicationShutdown());
    if (prefetch === 'required') await this.firstOrNone();
    if (prefetch === 'background') {
      this.cache.get().catch(() => {
        // The cache says it in the log, and the first caller tries again.
      });
    }
    // Last: createApplicationContext() hands the app out once this has resolved.
    if (this.options.shutdown.revoke) this.app.arm();
  }

  private async firstOrNone(): Promise<void> {
    try {
      await this.cache.get();
    } catch (error) {
      await this.app.settleAll();
      throw error;
    }
  }

  beforeApplicationShutdown(): void {
    this.app.cancel();
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
}
