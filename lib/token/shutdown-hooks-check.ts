import { Injectable, Logger, Module } from '@nestjs/common';
import { SystemTimers } from '../time/system-timers.js';

/** Milliseconds after bootstrap in which `enableShutdownHooks()` may still be called. */
const GRACE = 250;

/**
 * Warns once for the whole app when no signal would ever reach the shutdown hooks.
 *
 * @internal
 */
@Injectable()
export class ShutdownHooksCheck {
  private readonly logger = new Logger(ShutdownHooksCheck.name);
  private readonly timers = new SystemTimers();
  private cancelled: () => void = () => {};

  /** Called by each instance when it is up; the last one counts. */
  arm(): void {
    this.cancel();
    this.cancelled = this.timers.later(GRACE, () => {
      if (process.listenerCount('SIGTERM') > 0) return;
      this.logger.warn(
        'Nothing listens for SIGTERM: call app.enableShutdownHooks(), or the access token outlives this process.',
      );
    });
  }

  /** Nest takes its listeners away when an app is closed. */
  cancel(): void {
    this.cancelled();
  }
}

/** One for the whole app, whatever the number of instances. @internal */
@Module({ providers: [ShutdownHooksCheck], exports: [ShutdownHooksCheck] })
export class ShutdownHooksModule {}
