import { milliseconds } from '../../config/option-checks.js';
import { KopoKopoValidationError } from '../../errors/validation.error.js';
import { checkSignal } from '../../http/signal.check.js';
import { isLoopback } from '../../config/base-url.js';
import { isKopoKopoError } from '../../errors/kopokopo.error.js';
import { openEnvelope } from '../answer/envelope.js';
import type { KopoKopoCallOptions } from '../api-call.interface.js';
import type { Problem } from '../request/field.decorator.js';
import { KopoKopoWork } from '../request/kopokopo-request.js';
import { checkRequest } from '../request/request.checker.js';
import { type ResourceDefinition, versionOf } from './resource.definition.js';
import type { ResourceDoor } from './resource.door.js';
import {
  pathOfResource,
  referenceOf,
  referenceTo,
  type ResourcePlace,
  type ResourceReference,
  type ResourceTarget,
  targetId,
} from './resource-reference.js';

/** How long a call may take, and what ends it. @publicApi */
export type ResourceCallOptions = Pick<
  KopoKopoCallOptions,
  'timeout' | 'signal'
>;

/**
 * Resources of one kind: they are created and looked at.
 *
 * @publicApi
 */
export class ResourceClient<Request extends object, Answer> {
  /** @internal */
  protected readonly place: ResourcePlace;

  /** @internal */
  constructor(
    /** @internal */
    protected readonly definition: ResourceDefinition<Request, Answer>,
    /** @internal */
    protected readonly door: ResourceDoor,
  ) {
    const { version, path } = versionOf(definition, door.apiVersion);
    const { type } = definition;
    this.place = { origin: door.origin, version, path, type };
  }

  /**
   * Checks the request, sends it once and gives a reference to what Kopo Kopo created. A request with a
   * `reference` is made once: asked for again with the same content, within 30 days and from any process on the
   * same `store`, it gives the first answer and sends nothing, also while the first is under way.
   *
   * @throws KopoKopoValidationError with one sentence a field in `messages`; nothing was sent
   * @throws KopoKopoReferenceError when the `reference` stands for other content, when the first request may
   * have been accepted (`outcome: 'unknown'`), or when the store is out of reach; nothing was sent
   * @throws KopoKopoRefusedError, KopoKopoRateLimitError when Kopo Kopo refuses it; `messages` says why
   * @throws KopoKopoError with `outcome: 'unknown'` when it may have been accepted: look before you
   * repeat it. A 2xx that names no resource is one of these
   */
  async create(
    request: Request,
    options: ResourceCallOptions = {},
  ): Promise<ResourceReference> {
    callOptions(options);
    const { body, checked } = this.checked(request);
    const { reference } = checked as Partial<KopoKopoWork>;
    return checked instanceof KopoKopoWork && reference !== undefined
      ? this.once(body, reference, options)
      : this.sendTracked(body, undefined, options);
  }

  /** A request that was checked, and its body. @internal */
  protected checked(request: Request): { checked: Request; body: object } {
    const { definition, place } = this;
    const callbackUrl = this.door.callbackUrl();
    const shape = {
      name: `${place.type} request`,
      classes: definition.request,
      needed: callbackUrl === undefined ? CALLBACK_NEEDED : undefined,
      defaults: { callbackUrl },
    };
    const checked = checkRequest<Request>(shape, request, (read) => [
      ...this.callbackProblems(read),
      ...(definition.problems?.(read) ?? []),
    ]);
    return { checked, body: definition.toBody(checked, place.version) };
  }

  /** Made once for its reference; known for `kept` milliseconds. @internal */
  protected async once(
    body: object,
    reference: string,
    options: ResourceCallOptions,
    kept?: number,
  ): Promise<ResourceReference> {
    const { timeout, signal } = { ...options };
    const id = await this.door.journal.once({
      type: this.place.type,
      path: this.path,
      reference,
      content: { ...body, _links: undefined },
      timeout,
      signal,
      kept,
      send: async () => {
        const sent = await this.sendTracked(body, reference, options);
        return sent.id;
      },
    });
    return referenceTo(id, this.place);
  }

  private get path(): string {
    return `/api/${this.place.version}/${this.place.path}`;
  }

  /** Its end is looked for, even if this process dies. */
  private async sendTracked(
    body: object,
    reference: string | undefined,
    options: ResourceCallOptions,
  ): Promise<ResourceReference> {
    const { type } = this.place;
    const open = await this.door.openCreations.begins(type, reference);
    try {
      const created = await this.send(body, options);
      await open?.accepted(created.id);
      return created;
    } catch (error) {
      const isOver = isKopoKopoError(error) && error.outcome !== 'unknown';
      if (isOver) open?.refused();
      throw error;
    }
  }

  private async send(
    body: object,
    options: ResourceCallOptions,
  ): Promise<ResourceReference> {
    const { status, headers } = await this.door.http.post(
      this.path,
      body,
      callOptions(options),
    );
    return referenceOf(headers.location, this.place, status);
  }

  /**
   * The resource as it is now.
   *
   * @param target the reference that `create` gave, an id, or a location on the configured host
   * @throws KopoKopoValidationError for a location elsewhere; the access token is not sent there
   * @throws KopoKopoNotFoundError when there is no such resource
   * @throws KopoKopoResponseError when the answer is no resource
   */
  async get(
    target: ResourceTarget,
    options: ResourceCallOptions = {},
  ): Promise<Answer> {
    const path = pathOfResource(targetId(target, this.place), this.place);
    const { body } = await this.door.http.get(path, callOptions(options));
    const envelope = openEnvelope(body, { method: 'GET', path });
    return this.definition.read(envelope, this.door.origin);
  }

  /** Kopo Kopo can't call this machine; a sandbox on this machine can. */
  private callbackProblems(request: object): Problem[] {
    if (!('callbackUrl' in request)) return [];
    const { callbackUrl } = request as { callbackUrl?: string };
    const isLocal = /^http:/i.test(callbackUrl ?? '');
    return isLocal && !isLoopback(new URL(this.door.origin).hostname)
      ? [{ path: '.callbackUrl', text: 'must be a public URL with https' }]
      : [];
  }
}

const CALLBACK_NEEDED = {
  callbackUrl:
    'is missing: Kopo Kopo sends the result there; pass it, or set webhooks.publicUrl and apiKey',
};

/** Nothing but what is offered reaches the call, and nothing is noted of a call that can't be made. */
function callOptions(options: ResourceCallOptions): ResourceCallOptions {
  const { timeout, signal } = { ...options };
  const problem = timeout === undefined ? undefined : milliseconds(timeout);
  if (problem !== undefined) {
    throw new KopoKopoValidationError(`The timeout ${problem}.`);
  }
  checkSignal(signal);
  return { timeout, signal };
}
