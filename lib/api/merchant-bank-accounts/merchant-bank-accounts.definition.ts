import { snakeCased } from '../request/snake-case.js';
import type { ResourceDefinition } from '../resource/resource.definition.js';
import {
  type MerchantBankAccount,
  readMerchantBankAccount,
} from './merchant-bank-account.answer.js';
import { MerchantBankAccountRequest } from './merchant-bank-account.request.js';

/** @internal */
export const MERCHANT_BANK_ACCOUNTS: ResourceDefinition<
  MerchantBankAccountRequest,
  MerchantBankAccount
> = {
  paths: { v1: 'merchant_bank_accounts', v2: 'merchant_bank_accounts' },
  type: 'merchant_bank_account',
  request: MerchantBankAccountRequest,
  toBody: snakeCased,
  read: readMerchantBankAccount,
};
