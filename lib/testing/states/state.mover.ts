import { clearTimeout, setTimeout } from 'node:timers'; // Imported, so that a test's fake timers do not stop them.
import type { DeliveryOffice } from '../deliveries/delivery.office.js';
import { callbackBodyOf } from '../resources/resource.envelope.js';
import { membersOf } from '../resources/request.fields.js';
import type { ResourceRegistry } from '../resources/resource.registry.js';
import type {
  MoveDetails,
  MoveName,
  ResourceMove,
  ResourceRecord,
} from '../resources/resource.types.js';
import type { SandboxAutoComplete } from '../sandbox-options.types.js';
import type { WebhookPublisher } from './webhook.publisher.js';

/** What a change of state needs. @internal */
export interface StateMoverParts {
  readonly records: ResourceRegistry;
  readonly office: DeliveryOffice;
  readonly publisher: WebhookPublisher;
  readonly autoComplete: SandboxAutoComplete | undefined;
}

/** Moves what was created from state to state, and has it told. @internal */
export class StateMover {
  readonly #parts: StateMoverParts;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(parts: StateMoverParts) {
    this.#parts = parts;
  }

  /** What a test asks for: an id or a move that makes no sense is its mistake, and is thrown at it. */
  move(id: string, name: MoveName, details: MoveDetails = {}): void {
    const record = this.#parts.records.find(id);
    if (!record) {
      throw new Error(
        `KopoKopoSandbox: nothing with the id ${id} was created.`,
      );
    }
    const { path, moves } = record.resource;
    const move = moves?.[name];
    if (!move) {
      throw new Error(
        `KopoKopoSandbox: ${name} is no change of state of ${path} (${Object.keys(moves ?? {}).join(', ') || 'they have none'}).`,
      );
    }
    if (record.final) {
      throw new Error(
        `KopoKopoSandbox: ${path}/${id} has reached its end and can't change any more.`,
      );
    }
    void this.change(record, move, details);
  }

  /** Changes the state at once, or throws; resolves when everybody was told. */
  change(
    record: ResourceRecord,
    move: ResourceMove,
    details: MoveDetails = {},
  ): Promise<unknown> {
    const { attributes, events = [] } = move(record, details);
    record.attributes = attributes;
    record.final = true;
    const { application, origin } = record.request;
    return Promise.all([
      this.#tell(record),
      this.#parts.publisher.publish(application, events, origin),
    ]);
  }

  // Sends the result to the callback URL.
  async #tell(record: ResourceRecord): Promise<void> {
    const { resource, request, attributes } = record;
    const { callback_url: url } = membersOf(attributes._links);
    await this.#parts.office.dispatch({
      kind: 'callback',
      topic: resource.callbackType ?? resource.type,
      about: request.id,
      url: String(url),
      body: callbackBodyOf(record),
      apiKey: request.application.apiKey,
    });
  }

  /** Brings something to its end now, as `autoComplete` says or else well. */
  async complete(record: ResourceRecord): Promise<void> {
    const outcome = this.#parts.autoComplete?.outcome ?? 'success';
    const { ends, moves, answersAtOnce } = record.resource;
    const move = ends && moves?.[ends[outcome]];
    if (answersAtOnce) {
      await this.#tell(record);
    } else if (move && !record.final) {
      await this.change(record, move);
    }
  }

  /** What happens to something new by itself. */
  plan(record: ResourceRecord): void {
    const { autoComplete } = this.#parts;
    if (record.resource.answersAtOnce) {
      void this.complete(record);
    } else if (autoComplete) {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        void this.complete(record);
      }, autoComplete.after).unref();
      this.#timers.add(timer);
    }
  }

  drop(): void {
    for (const timer of this.#timers) {
      clearTimeout(timer);
    }
    this.#timers.clear();
  }
}
