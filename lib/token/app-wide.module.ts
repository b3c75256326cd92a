import {
  Injectable,
  Logger,
  Module,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  Optional,
} from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { isMainThread } from 'node:worker_threads';
import { SystemTimers } from '../time/system-timers.js';

/** Milliseconds after bootstrap in which `enableShutdownHooks()` may still be called. */
const GRACE = 250;

/** Nest runs the bootstrap hooks of the smallest distance last, and its shutdown hooks first. */
const AFTER_ALL_OTHERS = -1;

/** What one instance of the module does when the app starts and ends. @internal */
export interface AppMember {
  /** Is a token to be revoked at shutdown? */
  readonly revokes: boolean;
  /** All other providers have started. */
  start(): Promise<void>;
  /** The app begins to shut down. */
  shutdownBegins(): void;
  /** Revokes what the instance holds. */
  settle(): Promise<void>;
  /** The process exits before the instance could: nothing asynchronous runs any more. */
  exit(): void;
}

/**
 * The part that all instances of an app have in common: they start when everything else has, they hear first of a
 * shutdown, they end together when the boot fails, and they warn once where no signal would reach them.
 *
 * @internal
 */
@Injectable()
export class AppWide implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('KopoKopoModule');
  private readonly timers = new SystemTimers();
  private readonly members: AppMember[] = [];
  private readonly leaving = new Set<AppMember>();
  private cancelCheck: () => void = () => {};

  /** `modules` is missing where another copy of @nestjs/core boots the app. */
  constructor(@Optional() modules?: ModulesContainer) {
    for (const module of modules?.values() ?? []) {
      if (module.metatype === AppWideModule) module.distance = AFTER_ALL_OTHERS;
    }
  }

  join(member: AppMember): void {
    this.members.push(member);
  }

  /** Last of all hooks: where another one fails, no token was fetched in vain. */
  async onApplicationBootstrap(): Promise<void> {
    try {
      await Promise.all(this.members.map((member) => member.start()));
    } catch (error) {
      // Nest runs no shutdown hooks after a failed boot.
      await Promise.all(this.members.map((member) => member.settle()));
      throw error;
    }
    if (this.members.some(({ revokes }) => revokes)) this.checkSignals();
  }

  /** First of all hooks: Nest 11 runs none after one that throws. */
  onModuleDestroy(): void {
    process.off('exit', this.exit);
    // Nest takes its listeners away when an app is closed.
    this.cancelCheck();
    for (const member of this.members) {
      this.leaving.add(member);
      member.shutdownBegins();
    }
    process.on('exit', this.exit);
  }

  /** Nest ends one module after the other: waiting for the calls of each in turn would multiply their time limit. */
  endTogether(): void {
    for (const member of this.leaving) void member.settle();
  }

  /** The member has ended in good order. */
  left(member: AppMember): void {
    this.leaving.delete(member);
    if (this.leaving.size === 0) process.off('exit', this.exit);
  }

  /** Nest 11 exits where a shutdown hook throws, and calls no further hook. */
  private readonly exit = (): void => {
    for (const member of this.leaving) member.exit();
  };

  private checkSignals(): void {
    this.cancelCheck();
    this.cancelCheck = this.timers.later(GRACE, () => {
      if (!isMainThread) {
        this.logger.warn(
          'No signal reaches a worker thread: call app.close() before it ends, or the access token outlives it.',
        );
      } else if (process.listenerCount('SIGTERM') === 0) {
        this.logger.warn(
          'Nothing listens for SIGTERM: call app.enableShutdownHooks(), or the access token outlives this process.',
        );
      }
    });
  }
}

/** One for the whole app, whatever the number of instances. @internal */
@Module({ providers: [AppWide], exports: [AppWide] })
export class AppWideModule {}
