import {
  callbackUrl,
  freeText,
  optional,
  text,
} from '../request/field-rules.js';
import { Field } from '../request/field.decorator.js';

/**
 * Sends a text message to who paid (API page, §14).
 *
 * @deprecated v1 only.
 * @publicApi
 */
export class TransactionSmsNotificationRequest {
  /** Id of the webhook event that told of the payment. */
  @Field(text(100))
  webhookEventReference!: string;

  /** What the payer reads. */
  @Field(freeText())
  message!: string;

  /** Where Kopo Kopo sends the result: https, or http on loopback where a sandbox is talked to. */
  @Field(optional(callbackUrl()))
  callbackUrl?: string | undefined;
}
