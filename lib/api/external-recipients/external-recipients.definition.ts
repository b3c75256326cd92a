import { snakeCased } from '../request/snake-case.js';
import type { ResourceDefinition } from '../resource/resource.definition.js';
import {
  type ExternalRecipient,
  readExternalRecipient,
} from './external-recipient.answer.js';
import {
  type ExternalRecipientRequest,
  RECIPIENTS,
} from './external-recipient.request.js';

/** @internal */
export const EXTERNAL_RECIPIENTS: ResourceDefinition<
  ExternalRecipientRequest,
  ExternalRecipient
> = {
  paths: { v1: 'pay_recipients', v2: 'external_recipients' },
  type: 'external_recipient',
  request: RECIPIENTS,
  toBody: ({ type, ...fields }, version) => ({
    type,
    [version === 'v1' ? 'pay_recipient' : 'external_recipient']:
      snakeCased(fields),
  }),
  read: readExternalRecipient,
};

/** @internal */
export const PAY_RECIPIENTS: typeof EXTERNAL_RECIPIENTS = {
  ...EXTERNAL_RECIPIENTS,
  paths: { v1: 'pay_recipients' },
  type: 'pay_recipient',
};
