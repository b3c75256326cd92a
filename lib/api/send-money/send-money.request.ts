import { optional, text } from '../request/field-rules.js';
import { Field } from '../request/field.decorator.js';
import { KopoKopoWork } from '../request/kopokopo-request.js';
import { listOfKinds } from '../request/list-of-kinds.rule.js';
import { DESTINATIONS, type SendMoneyDestination } from './destinations.js';

/** Destinations of one request, at the most; Kopo Kopo documents no limit. */
const MOST = 100;

/**
 * Sweeps the whole balance to the merchant's own accounts (API page, §8).
 *
 * @publicApi
 */
export class SweepRequest extends KopoKopoWork {
  /** Till to debit; the available balance where it is left out. */
  @Field(optional(text(30)))
  sourceIdentifier?: string | undefined;
}

/**
 * Sends money to wallets, bank accounts, tills and paybills (API page, §8).
 *
 * @publicApi
 */
export class SendMoneyRequest extends SweepRequest {
  /** Where to and how much; 1 to 100. */
  @Field(listOfKinds(DESTINATIONS, MOST))
  destinations!: SendMoneyDestination[];
}
