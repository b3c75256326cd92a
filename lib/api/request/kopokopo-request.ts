import type { ShillingAmount } from '../../values/shillings.js';
import { callbackUrl, metadata, optional, text } from './field-rules.js';
import { Field } from './field.decorator.js';

/** Pairs that Kopo Kopo gives back with the result. @publicApi */
export type Metadata = Readonly<Record<string, string | number | boolean>>;

/**
 * The fields of every request that Kopo Kopo works on.
 *
 * @publicApi
 */
export abstract class KopoKopoWork {
  /** Your own name for it, such as an order's number; it travels in `metadata.reference`. 1 to 100 characters. */
  @Field(optional(text(100)))
  reference?: string | undefined;

  /** At most five pairs, the reference included; values are texts, numbers or booleans. */
  @Field(optional(metadata()))
  metadata?: Metadata | undefined;

  /** Where Kopo Kopo sends the result: https, or http on loopback where a sandbox is talked to. */
  @Field(optional(callbackUrl()))
  callbackUrl?: string | undefined;
}

/** The metadata of a request on the wire. @internal */
export function metadataOf({
  reference,
  metadata: pairs,
}: KopoKopoWork): object | undefined {
  const all = { ...pairs, ...(reference !== undefined && { reference }) };
  return Object.keys(all).length === 0 ? undefined : all;
}

/** The links of a request on the wire. @internal */
export function linksOf({
  callbackUrl: url,
}: {
  callbackUrl?: string | undefined;
}): object {
  return { callback_url: url };
}

/** Money on the wire, with its currency. @internal */
export function amountOf(value: ShillingAmount): object {
  return { currency: 'KES', value: String(value) };
}
