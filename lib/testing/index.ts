export { KopoKopoSandbox } from './kopokopo.sandbox.js';
export type { SandboxFault, SandboxStubFault } from './sandbox-fault.types.js';
export type {
  KopoKopoSandboxOptions,
  SandboxApplication,
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
