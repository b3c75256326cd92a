import type { RequestAnswer } from '../../api/answer/resource-answer.js';
import type { KopoKopoHttpService } from '../../api/kopokopo-http.service.js';
import type { ResourceCallOptions } from '../../api/resource/resource.client.js';
import {
  pathOfResource,
  targetId,
} from '../../api/resource/resource-reference.js';
import type { ResolvedOptions } from '../../config/resolved-options.interface.js';
import { KopoKopoResponseError } from '../../errors/response.error.js';
import { KopoKopoValidationError } from '../../errors/validation.error.js';
import type { DeliveryDispatcher } from '../delivery.dispatcher.js';
import { accountOf, parseDelivery } from '../delivery.parser.js';
import type { DispatchResult } from '../delivery.receipt.js';
import type { ResultsByType } from '../delivery.types.js';
import { placeOfResult } from '../results.table.js';

/** A request as it is now, and what became of its end; `open` where there is none yet. @internal */
export interface CheckedResult {
  event: ResultsByType[keyof ResultsByType];
  fate: DispatchResult | 'open';
}

/** Is there nothing more to do about it? @internal */
export function isHandled({ event, fate }: CheckedResult): boolean {
  const { isFinal } = event as Partial<RequestAnswer>;
  return isFinal === true && ['handled', 'repeated', 'unheard'].includes(fate);
}

/**
 * Looks at a request, and has its end handled as if Kopo Kopo had called.
 *
 * @internal
 */
export class ResultReader {
  constructor(
    private readonly http: KopoKopoHttpService,
    private readonly dispatcher: DeliveryDispatcher,
    private readonly options: ResolvedOptions,
  ) {}

  /**
   * @throws KopoKopoValidationError where the type is none that has results
   * @throws KopoKopoError where it can't be looked at
   */
  async checked(
    type: string,
    id: string,
    call: ResourceCallOptions,
  ): Promise<CheckedResult> {
    const { origin, apiVersion } = this.options;
    const place = placeOfResult(type, origin, apiVersion);
    if (place === undefined) {
      throw new KopoKopoValidationError(
        'The reference is of a kind that has no result.',
      );
    }
    const target = { id, type, location: '' };
    const path = pathOfResource(targetId(target, place), place);
    const { body } = await this.http.get(path, call);
    // As a callback brings it, so that both are one.
    const delivery = parseDelivery(Buffer.from(JSON.stringify(body)), {
      account: accountOf(this.options),
      source: 'check',
      origin,
    });
    if (delivery.kind !== 'result' || delivery.event.id !== id) {
      throw new KopoKopoResponseError(
        'The answer of Kopo Kopo is not the request that was looked at.',
        { method: 'GET', path },
      );
    }
    const event = delivery.event as CheckedResult['event'];
    const { isFinal } = event as Partial<RequestAnswer>;
    const fate = isFinal ? await this.dispatcher.dispatch(delivery) : 'open';
    return { event, fate };
  }
}
