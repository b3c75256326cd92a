import { oneOf, optionalText, requiredText } from './request.fields.js';
import type { SandboxResource } from './resource.types.js';

/** A bank account of the merchant's own. @internal */
export const merchantBankAccount: SandboxResource = {
  path: 'merchant_bank_accounts',
  versions: ['v1', 'v2'],
  type: 'merchant_bank_account',
  begin({ body }) {
    optionalText(body.nickname, 'Nickname');
    return {
      account_name: requiredText(body.account_name, 'Account name'),
      account_number: requiredText(body.account_number, 'Account number'),
      bank_branch_ref: requiredText(body.bank_branch_ref, 'Bank branch ref'),
      settlement_method: oneOf(body.settlement_method, 'Settlement method', [
        'EFT',
        'RTS',
      ]),
      status: 'Approved',
      account_reference: 'Unavailable',
    };
  },
};
