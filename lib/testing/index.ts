export { KopoKopoSandbox } from './kopokopo.sandbox.js';
export {
  signDelivery,
  type SignedDelivery,
} from './deliveries/delivery.signature.js';
export type {
  SandboxDelivery,
  SandboxDeliveryAttempt,
  SandboxDeliveryFault,
  SandboxDeliveryFaultOptions,
  SandboxDeliveryKind,
  SandboxDeliveryState,
  SandboxDeliveryWaitOptions,
} from './deliveries/sandbox-delivery.types.js';
export type {
  SandboxPayDetails,
  SandboxTransferDetails,
  SandboxTransferFailure,
} from './sandbox-move.types.js';
export type { SandboxPayments } from './sandbox.payments.js';
export type {
  SandboxPayment,
  SandboxTransaction,
} from './transactions/sandbox-transaction.types.js';
export type { SandboxFault, SandboxStubFault } from './sandbox-fault.types.js';
export type {
  KopoKopoSandboxOptions,
  SandboxApplication,
  SandboxAutoComplete,
  SandboxDeliveryTargets,
  SandboxModuleOptions,
  SandboxWaitOptions,
} from './sandbox-options.types.js';
export type {
  SandboxCounters,
  SandboxCreation,
  SandboxRequest,
} from './sandbox-request.types.js';
export type { SandboxRoute, SandboxTarget } from './sandbox-route.types.js';
export {
  tokenStoreContract,
  type TokenStoreContractOptions,
  type TokenStoreContractTest,
} from './token-store.contract.js';
export { storeContract, type StoreContractTest } from './store.contract.js';
