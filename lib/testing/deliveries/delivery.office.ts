import { randomUUID } from 'node:crypto';
// Imported, so that a test's fake timers do not stop them.
import {
  setImmediate as nextTurn,
  setTimeout as wait,
} from 'node:timers/promises';
import type { SandboxDeliveryTargets } from '../sandbox-options.types.js';
import { WaitList } from '../wait.list.js';
import { DeliveryFaultQueue } from './delivery-fault.queue.js';
import { DeliveryEntry } from './delivery.entry.js';
import type { DeliveryDraft } from './delivery.entry.js';
import { maySendTo, sendOnce } from './delivery.sender.js';
import type {
  SandboxDelivery,
  SandboxDeliveryFault,
  SandboxDeliveryState,
  SandboxDeliveryWaitOptions,
} from './sandbox-delivery.types.js';

/** How deliveries are sent. @internal */
export interface DeliveryPolicy {
  readonly targets: SandboxDeliveryTargets;
  /** Milliseconds before each further attempt. */
  readonly retries: readonly number[];
}

/** Sends callbacks and webhooks, and remembers what came of them. @internal */
export class DeliveryOffice {
  readonly faults = new DeliveryFaultQueue();
  readonly #policy: DeliveryPolicy;
  readonly #waiters = new WaitList();
  #entries: DeliveryEntry[] = [];
  #work = new AbortController();

  constructor(policy: DeliveryPolicy) {
    this.#policy = policy;
  }

  get deliveries(): readonly SandboxDelivery[] {
    return Object.freeze(this.#entries.map((entry) => entry.snapshot()));
  }

  /** Takes a delivery in; resolves when it has ended or is held. */
  async dispatch(draft: DeliveryDraft): Promise<void> {
    const fault = this.faults.take(draft.kind);
    const entry =
      fault?.kind === 'wrong-signature'
        ? new DeliveryEntry(draft, randomUUID())
        : new DeliveryEntry(draft);
    this.#entries.push(entry);
    await this.#settle(entry, (signal) => this.#play(entry, fault, signal));
  }

  /** Sends what is held, in the order of its coming. */
  release(): void {
    for (const entry of this.#entries) {
      if (entry.state === 'held') {
        this.#sendAgain(entry);
      }
    }
  }

  redeliver(id: string): void {
    const entry = this.#entries.find((one) => one.id === id);
    if (!entry) {
      throw new Error(`KopoKopoSandbox: no delivery has the id ${id}.`);
    }
    this.#sendAgain(entry);
  }

  async waitFor({
    count = 1,
    timeout = 5_000,
    kind,
    about,
  }: SandboxDeliveryWaitOptions = {}): Promise<readonly SandboxDelivery[]> {
    const ended = () =>
      this.#entries.filter(
        (entry) =>
          entry.ended &&
          (kind ?? entry.draft.kind) === entry.draft.kind &&
          (about ?? entry.draft.about) === entry.draft.about,
      );
    await this.#waiters.waitFor({
      total: () => ended().length,
      count,
      timeout,
      what: 'deliveries ended',
    });
    return Object.freeze(ended().map((entry) => entry.snapshot()));
  }

  /** Ends whatever is under way: nothing is sent any more. */
  close(why: string): void {
    this.#work.abort();
    this.#waiters.fail(why);
  }

  /** Forgets faults and deliveries, and ends whatever is under way. */
  clear(): void {
    this.#work.abort();
    this.#work = new AbortController();
    this.faults.clear();
    this.#entries = [];
  }

  #sendAgain(entry: DeliveryEntry): void {
    entry.state = 'waiting';
    void this.#settle(entry, (signal) => this.#send(entry, signal));
  }

  // Whatever is dropped ends as failed, and nothing is thrown at the process.
  async #settle(
    entry: DeliveryEntry,
    work: (signal: AbortSignal) => Promise<SandboxDeliveryState>,
  ): Promise<void> {
    entry.state = await work(this.#work.signal).catch(() => 'failed' as const);
    this.#waiters.check();
  }

  async #play(
    entry: DeliveryEntry,
    fault: SandboxDeliveryFault | undefined,
    signal: AbortSignal,
  ): Promise<SandboxDeliveryState> {
    switch (fault?.kind) {
      case 'lost':
        return 'lost';
      case 'hold':
        return 'held';
      case 'late':
        await wait(fault.ms, undefined, { signal, ref: false });
        break;
      case 'repeat':
        for (let i = 1; i < (fault.times ?? 2); i++) {
          await this.#send(entry, signal);
        }
    }
    return this.#send(entry, signal);
  }

  async #send(
    entry: DeliveryEntry,
    signal: AbortSignal,
  ): Promise<SandboxDeliveryState> {
    const { targets, retries } = this.#policy;
    const { url } = entry.draft;
    if (!maySendTo(url, targets)) {
      return 'not-sent';
    }
    // The answer to the request that caused it goes first. Not unref'd: the loop would not turn for it.
    await nextTurn(undefined, { signal });
    for (const pause of [0, ...retries]) {
      if (pause > 0) {
        await wait(pause, undefined, { signal, ref: false });
      }
      const attempt = await sendOnce(url, entry.signed, signal);
      entry.add(attempt);
      signal.throwIfAborted();
      if (isAccepted(attempt.status)) {
        return 'delivered';
      }
    }
    return 'failed';
  }
}

function isAccepted(status = 0): boolean {
  return status >= 200 && status < 300;
}
