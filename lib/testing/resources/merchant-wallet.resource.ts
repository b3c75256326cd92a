import { mobileNumber } from './phone.fields.js';
import { oneOf, optionalText, requiredText } from './request.fields.js';
import type { SandboxResource } from './resource.types.js';

/** A mobile wallet of the merchant's own. @internal */
export const merchantWallet: SandboxResource = {
  path: 'merchant_wallets',
  versions: ['v1', 'v2'],
  type: 'merchant_wallet',
  begin({ body, version }) {
    optionalText(body.nickname, 'Nickname');
    return {
      first_name: requiredText(body.first_name, 'First name'),
      last_name: requiredText(body.last_name, 'Last name'),
      // php 1.4 reads an email of every wallet.
      ...(version === 'v1' ? { email: null } : {}),
      phone_number: mobileNumber(body.phone_number, 'Phone number'),
      network: oneOf(body.network, 'Network', ['Safaricom']),
      status: 'Approved',
      account_reference: 'Unavailable',
    };
  },
};
