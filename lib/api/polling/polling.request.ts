import {
  callbackUrl,
  oneOf,
  optional,
  text,
  time,
} from '../request/field-rules.js';
import { Field } from '../request/field.decorator.js';
import type { KopoKopoScope } from '../request/scope.js';

/**
 * Asks for the transactions of a time (API page, §13).
 *
 * @publicApi
 */
export class PollingRequest {
  /** Those of one till, or of the company. */
  @Field(oneOf('till', 'company'))
  scope!: KopoKopoScope;

  /** Number of the till. */
  @Field(optional(text(30)))
  scopeReference?: string | undefined;

  /** The first moment: a `Date`, or a text in ISO 8601. */
  @Field(time())
  from!: Date | string;

  /** The last moment. */
  @Field(time())
  to!: Date | string;

  /** Where Kopo Kopo sends the result: https, or http on loopback where a sandbox is talked to. */
  @Field(optional(callbackUrl()))
  callbackUrl?: string | undefined;
}
