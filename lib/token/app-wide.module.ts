import { Injectable, Logger, Module } from '@nestjs/common';
import { SystemTimers } from '../time/system-timers.js';

/** Milliseconds after bootstrap in which `enableShutdownHooks()` may still be called. */
const GRACE = 250;

/**
 * What all instances of an app have in common: one warning when no signal would ever reach the
 * shutdown hooks, and one end when the boot fails.
 *
 * @internal
 */
@Injectable()
export class AppWide {
  private readonly logger = new Logger(AppWide.name);
  private readonly timers = new SystemTimers();
  private readonly settlements: Array<() => Promise<void>> = [];
  private cancelled: () => void = () => {};

  /** How an instance gives back what it has. */
  join(settle: () => Promise<void>): void {
    this.settlements.push(settle);
  }

  /** The boot fails, and Nest runs no shutdown hooks then. */
  async settleAll(): Promise<void> {
    await Promise.all(this.settlements.map((settle) => settle()));
  }

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
@Module({ providers: [AppWide], exports: [AppWide] })
export class AppWideModule {}
