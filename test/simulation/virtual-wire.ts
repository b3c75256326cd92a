import { KopoKopoConnectionError } from '../../lib/errors/connection.error.js';
import type { KopoKopoError } from '../../lib/errors/kopokopo.error.js';
import { KopoKopoTimeoutError } from '../../lib/errors/timeout.error.js';
import { abortReason } from '../../lib/http/abort-reason.js';
import type {
  UpstreamClient,
  UpstreamRequest,
  UpstreamResponse,
} from '../../lib/http/upstream.client.js';
import { toStatusError } from '../../lib/http/upstream-status.mapper.js';
import type { Chance } from './chance.js';
import { type Fault, type Scenario, SECRETS } from './scenario.js';
import {
  type Answer,
  html,
  refusal,
  type VirtualServer,
} from './virtual-server.js';
import type { VirtualTime } from './virtual-time.js';

/** Whom the wire tells what passes. */
export interface WireWatcher {
  asked(path: string, form: Readonly<Record<string, string>>): void;
  answered(path: string, answer: Answer): void;
}

/** Stands in for `UpstreamClient`: one attempt on a wire on which everything may go wrong. */
export class VirtualWire implements Pick<UpstreamClient, 'send'> {
  /** Requests whose caller still waits. */
  pending = 0;
  /** From now on revocation works. */
  healed = false;
  /** The secret that the server takes at the moment. */
  secret = SECRETS[0]!;

  constructor(
    private readonly scenario: Scenario,
    private readonly server: VirtualServer,
    private readonly time: Pick<VirtualTime, 'now' | 'timer' | 'elsewhere'>,
    private readonly chance: Chance,
    private readonly watcher: WireWatcher,
  ) {}

  send(request: UpstreamRequest): Promise<UpstreamResponse> {
    const { path, form = {}, signal } = request;
    const limit = request.timeout ?? this.scenario.options.timeout;
    this.watcher.asked(path, form);
    if (signal?.aborted) return Promise.reject(abortReason(signal, 'not-sent'));
    this.pending += 1;
    return new Promise((resolve, reject) => {
      let over = false;
      const end = (how: () => void): void => {
        if (over) return;
        over = true;
        overAt = this.time.now;
        this.pending -= 1;
        stopClock();
        signal?.removeEventListener('abort', leave);
        how();
      };
      let overAt = Infinity;
      const late = (answer: Answer): void => {
        const waited = this.time.now - overAt;
        if (answer.status >= 300 || waited > (request.lateLimit ?? 0)) return;
        this.watcher.answered(path, answer);
        request.onLate?.({ ...answer });
      };
      const leave = (): void =>
        end(() => reject(abortReason(signal!, 'unknown')));
      const stopClock = this.time.timer(limit, () =>
        end(() =>
          reject(new KopoKopoTimeoutError(`No answer in ${limit} ms.`)),
        ),
      );
      signal?.addEventListener('abort', leave);
      this.transmit(path, form, limit, {
        gone: () => over,
        fail: (error) => end(() => reject(error)),
        answer: (answer) => {
          if (over) return late(answer);
          return end(() => {
            this.watcher.answered(path, answer);
            if (answer.status < 300) resolve({ ...answer });
            else
              reject(
                toStatusError(
                  { ...answer, data: answer.text },
                  { path, secrets: [], numbers: [] },
                ),
              );
          });
        },
      });
    });
  }

  faultAt(now: number): Fault {
    const phase = this.scenario.phases.findLast(({ from }) => from <= now);
    return phase !== undefined && this.chance.is(phase.share)
      ? phase.fault
      : 'none';
  }

  private transmit(
    path: string,
    form: Readonly<Record<string, string>>,
    limit: number,
    client: {
      gone(): boolean;
      fail(error: KopoKopoError): void;
      answer(answer: Answer): void;
    },
  ): void {
    const { now } = this.time;
    const works = this.healed || this.scenario.revocationWorks;
    const spared = path === '/oauth/revoke' && works;
    const fault = spared ? 'none' : this.faultAt(now - 1_000_000);
    const there = now + this.leg(fault, limit);
    const back = this.leg(fault, limit);
    if (fault === 'unreachable') {
      const error = new KopoKopoConnectionError('Not reached.', {
        outcome: 'not-sent',
      });
      return this.time.elsewhere(there, () => client.fail(error));
    }
    const worked = this.chance.is(0.5);
    this.time.elsewhere(there, () => {
      // Who hangs up early may or may not be heard.
      if (client.gone() && worked) return;
      const answer =
        isOutage(fault) && !worked
          ? undefined
          : this.work(path, form, there, fault, spared);
      if (fault === 'hang') return;
      this.time.elsewhere(there + back, () => {
        if (fault === 'reset')
          client.fail(new KopoKopoConnectionError('Reset.'));
        else if (fault === 'rate-limit') client.answer(this.tooMany());
        else if (fault === 'server-error') client.answer(html(503));
        else client.answer(answer!);
      });
    });
  }

  private work(
    path: string,
    form: Readonly<Record<string, string>>,
    at: number,
    fault: Fault,
    spared: boolean,
  ): Answer {
    const known = spared || form.client_secret === this.secret;
    const refused = !known || fault === 'invalid-client';
    if (path === '/oauth/revoke') {
      return refused
        ? refusal(403, 'unauthorized_client')
        : this.server.revoke(form.token!);
    }
    if (refused) return refusal(401, 'invalid_client');
    if (fault === 'malformed') return this.server.malformed(at);
    return fault === 'short-life'
      ? this.server.mint(at, this.chance.whole(1, 3))
      : this.server.mint(at);
  }

  private tooMany(): Answer {
    const seconds = this.chance.is(0.8)
      ? this.chance.whole(0, 10)
      : this.chance.spread(10, 1_000);
    return {
      ...html(429),
      headers: this.chance.is(0.7) ? { 'retry-after': String(seconds) } : {},
    };
  }

  /** One way, in milliseconds. */
  private leg(fault: Fault, limit: number): number {
    if (fault === 'slow') return this.chance.between(0.2, 0.6) * limit;
    const { latency, calm } = this.scenario;
    if (calm) return latency * this.chance.between(0.1, 2);
    return Math.min(latency * 5, this.chance.exponential(latency));
  }
}

/** The answer, if there is one, does not come from where the work is done. */
function isOutage(fault: Fault): boolean {
  return ['server-error', 'rate-limit', 'hang', 'reset'].includes(fault);
}
