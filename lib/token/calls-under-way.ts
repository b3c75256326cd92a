import { setMaxListeners } from 'node:events';
import { Injectable } from '@nestjs/common';
import type { KopoKopoError } from '../errors/kopokopo.error.js';
import { ShutdownReason } from '../http/abort-reason.js';

/** An authorised call as the shutdown sees it. @internal */
export interface CallUnderWay {
  readonly method: string;
  /** Path of the call, without query. */
  readonly path: string;
  /** Has a request left? Until then nothing can have been accepted. */
  readonly isSent: boolean;
}

interface OpenCall extends CallUnderWay {
  isSent: boolean;
  reject(error: KopoKopoError): void;
}

/**
 * The authorised calls that this process has not had an answer to yet, from requests, jobs and timers alike.
 *
 * @internal
 */
@Injectable()
export class CallsUnderWay {
  readonly #open = new Set<OpenCall>();
  #idle: Array<() => void> = [];
  #ending = controllerOfMany();

  get open(): readonly CallUnderWay[] {
    return [...this.#open];
  }

  /**
   * Counts a call until it ends. `run` is told how to say that a request leaves, and gets a signal that
   * ends the request when the call is rejected from here.
   */
  track<T>(
    call: Pick<CallUnderWay, 'method' | 'path'>,
    run: (leaves: () => void, ending: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const open: OpenCall = { ...call, isSent: false, reject };
      this.#open.add(open);
      const leaves = (): void => void (open.isSent = true);
      run(leaves, this.#ending.signal)
        .then(resolve, reject)
        .finally(() => this.end(open));
    });
  }

  /** Resolves when no call is under way. */
  async idle(): Promise<void> {
    while (this.#open.size > 0) {
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    }
  }

  /** Rejects every call that is under way, so that its caller hears of it before the process ends. */
  rejectAll(errorOf: (call: CallUnderWay) => KopoKopoError): void {
    for (const call of this.#open) {
      call.reject(errorOf(call));
      this.end(call);
    }
    const ending = this.#ending;
    this.#ending = controllerOfMany();
    ending.abort(new ShutdownReason('The application shut down.'));
  }

  private end(call: OpenCall): void {
    if (!this.#open.delete(call) || this.#open.size > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}

/** Any number of requests listen to it; Node would take more than ten for a leak. */
function controllerOfMany(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}
