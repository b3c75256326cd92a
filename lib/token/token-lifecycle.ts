import type {
  BeforeApplicationShutdown,
  OnApplicationShutdown,
} from '@nestjs/common';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import type { Runtime } from '../time/runtime.js';
import type { AppMember, AppWide } from './app-wide.module.js';
import type { TokenCache } from './token-cache.js';
import { TokenService } from './token.service.js';
import type { TokenSettlement } from './token-settlement.js';

/** The parts of the token room that start and end with the app. @internal */
export interface LifecycleParts {
  /** What the app injects as its TokenService; a test may have put something else there. */
  tokens: unknown;
  cache: TokenCache;
  settlement: TokenSettlement;
}

/**
 * Nest's hooks: the first token at bootstrap, the last revocation on shutdown. Requests are served
 * until the server has drained, so revocation belongs in `onApplicationShutdown`; a drain that takes
 * too long is not waited for.
 *
 * @internal
 */
export class TokenLifecycle
  implements AppMember, BeforeApplicationShutdown, OnApplicationShutdown
{
  /** Set from the moment the shutdown begins. */
  private cancelDeadline: (() => void) | undefined;
  /** The end of the shutdown, while it is under way. */
  private settling: Promise<void> | undefined;
  /** What the deadline has begun. */
  private earlier: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly app: AppWide,
    private readonly parts: LifecycleParts,
    private readonly options: ResolvedOptions,
    private readonly runtime: Runtime,
  ) {
    app.join(this);
  }

  get revokes(): boolean {
    return this.options.shutdown.revoke;
  }

  async start(): Promise<void> {
    const { prefetch } = this.options.token;
    const isReplaced = !(this.parts.tokens instanceof TokenService);
    if (prefetch === 'off' || isReplaced) return;
    const first = this.parts.cache.get();
    if (prefetch === 'required') await first;
    else {
      first.catch(() => {
        // The cache says it in the log, and the first caller tries again.
      });
    }
  }

  shutdownBegins(): void {
    if (!this.revokes || this.cancelDeadline !== undefined) return;
    this.cancelDeadline = this.runtime.timers.later(
      this.options.shutdown.deadline,
      () => void this.settleBeside({ final: false }),
    );
  }

  /** Where nothing else has told that the shutdown begins. */
  beforeApplicationShutdown(): void {
    this.shutdownBegins();
  }

  async onApplicationShutdown(): Promise<void> {
    this.cancelDeadline?.();
    this.cancelDeadline = undefined;
    this.app.endTogether();
    await this.settle();
    this.app.left(this);
  }

  exit(): void {
    this.parts.settlement.settleAtExit();
  }

  /** Hooks may run twice, at once or later: a later run finds what is left. */
  settle(): Promise<void> {
    this.settling ??= this.settleBeside({ final: true }).finally(() => {
      this.settling = undefined;
    });
    return this.settling;
  }

  private async settleBeside(how: { final: boolean }): Promise<void> {
    const settled = Promise.all([
      this.earlier,
      this.parts.settlement.settle(how),
    ]);
    this.earlier = settled;
    await settled;
  }
}
