import { randomUUID } from 'node:crypto';
import type { ApplicationRegistry } from '../application.registry.js';
import { DeliveryOffice } from '../deliveries/delivery.office.js';
import { ResourceRegistry } from '../resources/resource.registry.js';
import type {
  ApiVersion,
  JsonObject,
  ResourceRecord,
  SandboxResource,
} from '../resources/resource.types.js';
import type {
  KopoKopoSandboxOptions,
  SandboxDeliveryTargets,
} from '../sandbox-options.types.js';
import type {
  SandboxPayment,
  SandboxTransaction,
} from '../transactions/sandbox-transaction.types.js';
import { transactionEvents } from '../transactions/transaction.events.js';
import { TransactionLedger } from '../transactions/transaction.ledger.js';
import { StateMover } from './state.mover.js';
import { WebhookPublisher } from './webhook.publisher.js';

/** A POST that wants to create something. @internal */
export interface OpeningRequest {
  readonly version: ApiVersion;
  readonly body: JsonObject;
  readonly origin: string;
  readonly clientId: string;
}

/** What Kopo Kopo keeps: resources, transactions and deliveries. @internal */
export class ResourceDesk {
  readonly ledger = new TransactionLedger();
  readonly office: DeliveryOffice;
  readonly mover: StateMover;
  readonly #records = new ResourceRegistry();
  readonly #publisher: WebhookPublisher;
  readonly #applications: ApplicationRegistry;
  readonly #targets: SandboxDeliveryTargets;

  constructor(
    applications: ApplicationRegistry,
    options: KopoKopoSandboxOptions,
  ) {
    const { deliveryTargets = 'loopback', deliveryRetries = [] } = options;
    this.#applications = applications;
    this.#targets = deliveryTargets;
    this.office = new DeliveryOffice({
      targets: deliveryTargets,
      retries: deliveryRetries,
    });
    this.#publisher = new WebhookPublisher(this.#records, this.office);
    this.mover = new StateMover({
      records: this.#records,
      office: this.office,
      publisher: this.#publisher,
      autoComplete: options.autoComplete,
    });
  }

  find(id: string): ResourceRecord | undefined {
    return this.#records.find(id);
  }

  /** Creates something, or throws a `RequestRefusal`. */
  open(resource: SandboxResource, opening: OpeningRequest): ResourceRecord {
    const { version, origin, clientId, body } = opening;
    const id = randomUUID();
    const request = {
      id,
      version,
      body,
      origin,
      self: `${origin}/api/${version}/${resource.path}/${id}`,
      at: new Date(),
      application: this.#applications.find(clientId),
      targets: this.#targets,
      ledger: this.ledger,
      earlier: (key: string) =>
        this.#records.alike(clientId, resource.path, key),
    };
    const attributes = resource.begin(request);
    const record = { resource, request, attributes, final: !resource.moves };
    this.#records.add(record);
    return record;
  }

  /** Sees to what happens to something new; resolves when its creation may be answered. */
  async plan(record: ResourceRecord): Promise<void> {
    const { ends, answersAtOnce } = record.resource;
    const hasResult = ends !== undefined || answersAtOnce === true;
    if (hasResult && this.office.faults.takeBeforeAnswer()) {
      await this.mover.complete(record);
    } else {
      this.mover.plan(record);
    }
  }

  /** A customer or another till pays to a till. */
  receive(payment: SandboxPayment, origin: string): SandboxTransaction {
    const { clientId = this.#applications.first.clientId } = payment;
    const application = this.#applications.find(clientId);
    const transaction = this.ledger.receive({ ...payment, clientId });
    const events = transactionEvents(transaction);
    void this.#publisher.publish(application, events, origin);
    return transaction;
  }

  /** Ends whatever is under way, for good. */
  close(why: string): void {
    this.mover.drop();
    this.office.close(why);
  }

  /** Forgets everything. */
  clear(): void {
    this.mover.drop();
    this.office.clear();
    this.#records.clear();
    this.ledger.clear();
  }
}
