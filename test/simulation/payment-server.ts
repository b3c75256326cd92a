import { signDelivery } from '../../lib/testing/index.js';
import { incomingPayment } from '../events/deliver.js';
import type { VirtualRuntime } from '../support/virtual-runtime.js';
import type { Chance } from './chance.js';

/** A payment as Kopo Kopo has it. */
export interface ServerPayment {
  id: string;
  reference: string;
  endedAt?: number;
  /** Is it known to the one who asked? */
  isAnswered: boolean;
}

export const API_KEY = 'key-of-the-simulation';

/** Kopo Kopo under a virtual clock. */
export class PaymentServer {
  readonly payments = new Map<string, ServerPayment>();
  /** GETs by id. */
  readonly looks = new Map<string, number>();
  /** Told of each payment before its answer is. */
  onCreated: (payment: ServerPayment) => Promise<void> = async () => {};

  constructor(
    private readonly runtime: VirtualRuntime,
    private readonly chance: Chance,
  ) {}

  /** The one who asks may be gone when the answer comes. */
  async post(
    body: object,
    isGone: () => boolean,
  ): Promise<{ status: number; headers: Record<string, string> }> {
    await this.takesTime();
    if (isGone()) return new Promise<never>(() => {});
    const { reference } = (body as { metadata: { reference: string } })
      .metadata;
    const id = `payment-${this.payments.size}`;
    const payment: ServerPayment = { id, reference, isAnswered: false };
    this.payments.set(id, payment);
    await this.onCreated(payment);
    await this.takesTime();
    if (isGone()) return new Promise<never>(() => {});
    payment.isAnswered = true;
    const location = `https://api.example/api/v2/incoming_payments/${id}`;
    return { status: 201, headers: { location } };
  }

  async get(path: string): Promise<{ status: number; body: object }> {
    await this.takesTime();
    const id = path.split('/').at(-1)!;
    this.looks.set(id, (this.looks.get(id) ?? 0) + 1);
    return { status: 200, body: this.bodyOf(this.payments.get(id)!) };
  }

  /** A signed callback. */
  callback(payment: ServerPayment, key = API_KEY) {
    return signDelivery(this.bodyOf(payment), key);
  }

  private bodyOf({ id, reference, endedAt }: ServerPayment): object {
    const status = endedAt === undefined ? 'Pending' : 'Success';
    const body = incomingPayment(id, status);
    body.data.attributes.metadata = { reference };
    return body;
  }

  private takesTime(): Promise<void> {
    return this.runtime.timers.pause(this.chance.between(20, 400));
  }
}
