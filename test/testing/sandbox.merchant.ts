import { KopoKopoSandbox } from '../../lib/testing/index.js';
import type { KopoKopoSandboxOptions } from '../../lib/testing/index.js';
import type { Json } from './delivery.receiver.js';
import { DeliveryReceiver } from './delivery.receiver.js';
import { bearer, call, mint } from './sandbox.client.js';
import type { Answer } from './sandbox.client.js';

export interface Envelope {
  data: { id: string; type: string; attributes: Json };
}

/** A merchant with a sandbox, a token and an app that takes deliveries. */
export class Merchant {
  private constructor(
    readonly sandbox: KopoKopoSandbox,
    readonly app: DeliveryReceiver,
    private readonly token: string,
  ) {}

  static async open(options?: KopoKopoSandboxOptions): Promise<Merchant> {
    const sandbox = await KopoKopoSandbox.start(options);
    const app = await DeliveryReceiver.start();
    return new Merchant(sandbox, app, await mint(sandbox));
  }

  get links(): Json {
    return { _links: { callback_url: `${this.app.url}/callback` } };
  }

  post(path: string, body?: unknown): Promise<Answer> {
    return call(this.sandbox, 'POST', `/api/${path}`, {
      headers: bearer(this.token),
      body: typeof body === 'string' ? body : JSON.stringify(body ?? {}),
    });
  }

  get(path: string): Promise<Answer> {
    return call(this.sandbox, 'GET', `/api/${path}`, {
      headers: bearer(this.token),
    });
  }

  /** Creates something and gives its id; fails with what was answered. */
  async create(path: string, body: Json): Promise<string> {
    const answer = await this.post(path, body);
    if (answer.status !== 201) {
      throw new Error(`${answer.status} ${answer.body}`);
    }
    return String(answer.headers.location).split('/').at(-1)!;
  }

  async read(path: string): Promise<Envelope['data']> {
    const { status, body } = await this.get(path);
    if (status !== 200) {
      throw new Error(`${status} ${body}`);
    }
    return (JSON.parse(body) as Envelope).data;
  }

  /** Asks a customer for 150 shillings. */
  ask(given: Json = {}, version = 'v2'): Promise<string> {
    return this.create(
      `${version}/incoming_payments`,
      this.incomingPayment(given),
    );
  }

  incomingPayment(given: Json = {}): Json {
    return {
      payment_channel: 'M-PESA STK Push',
      till_number: 'K700001',
      subscriber: { first_name: 'Ana', phone_number: '+254712345678' },
      amount: { currency: 'KES', value: '150' },
      metadata: { order: 'A-17' },
      ...this.links,
      ...given,
    };
  }

  /** Subscribes a path of the app to a topic. */
  subscribe(topic: string, path: string, given: Json = {}): Promise<string> {
    return this.create('v2/webhook_subscriptions', {
      event_type: topic,
      url: this.app.url + path,
      scope: 'company',
      ...given,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sandbox.stop();
    await this.app[Symbol.asyncDispose]();
  }
}
