import { linksOf, requiredText } from './request.fields.js';
import type { SandboxResource } from './resource.types.js';

/** A text message to who paid, version 1. @internal */
export const transactionSmsNotification: SandboxResource = {
  path: 'transaction_sms_notifications',
  versions: ['v1'],
  type: 'transaction_sms_notification',
  answersAtOnce: true,
  begin(request) {
    const { webhook_event_reference: event, message } = request.body;
    return {
      status: 'Success',
      message: requiredText(message, 'Message'),
      webhook_event_reference: requiredText(event, 'Webhook event reference'),
      _links: linksOf(request),
    };
  },
};
