import { snakeCased } from '../request/snake-case.js';
import type { ResourceDefinition } from '../resource/resource.definition.js';
import {
  type MerchantWallet,
  readMerchantWallet,
} from './merchant-wallet.answer.js';
import { MerchantWalletRequest } from './merchant-wallet.request.js';

/** @internal */
export const MERCHANT_WALLETS: ResourceDefinition<
  MerchantWalletRequest,
  MerchantWallet
> = {
  paths: { v1: 'merchant_wallets', v2: 'merchant_wallets' },
  type: 'merchant_wallet',
  request: MerchantWalletRequest,
  toBody: snakeCased,
  read: readMerchantWallet,
};
