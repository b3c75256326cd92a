export type {
  KopoKopoCallOptions,
  KopoKopoRequest,
  KopoKopoResponse,
} from './api/api-call.interface.js';
export {
  getKopoKopoHttpServiceToken,
  InjectKopoKopoHttpService,
} from './api/api.tokens.js';
export { KopoKopoHttpService } from './api/kopokopo-http.service.js';
export type {
  KopoKopoClientSecret,
  KopoKopoEnvironment,
  KopoKopoHttpOptions,
  KopoKopoModuleAsyncOptions,
  KopoKopoModuleExtras,
  KopoKopoModuleOptions,
  KopoKopoOptionsFactory,
  KopoKopoPrefetch,
  KopoKopoShutdownOptions,
  KopoKopoTokenOptions,
} from './config/kopokopo-options.interface.js';
export type {
  PublishedToken,
  StoredCoolDown,
  StoredToken,
  TokenStore,
  TokenStoreLease,
  TokenStoreView,
} from './config/token-store.interface.js';
export { KopoKopoAbortError } from './errors/abort.error.js';
export { KopoKopoAuthenticationError } from './errors/authentication.error.js';
export { KopoKopoConfigurationError } from './errors/configuration.error.js';
export { KopoKopoConnectionError } from './errors/connection.error.js';
export type { KopoKopoErrorBody } from './errors/error-to-http.mapper.js';
export { KopoKopoErrorFilter } from './errors/kopokopo-error.filter.js';
export { KopoKopoErrorInterceptor } from './errors/kopokopo-error.interceptor.js';
export {
  isKopoKopoError,
  KopoKopoError,
  type KopoKopoErrorCode,
  type KopoKopoErrorDetails,
  type KopoKopoOutcome,
} from './errors/kopokopo.error.js';
export { KopoKopoNotFoundError } from './errors/not-found.error.js';
export { KopoKopoPermissionError } from './errors/permission.error.js';
export { KopoKopoRateLimitError } from './errors/rate-limit.error.js';
export { KopoKopoRefusedError } from './errors/refused.error.js';
export { KopoKopoResponseError } from './errors/response.error.js';
export { KopoKopoServerError } from './errors/server.error.js';
export { KopoKopoShutdownError } from './errors/shutdown.error.js';
export { KopoKopoTimeoutError } from './errors/timeout.error.js';
export { KopoKopoValidationError } from './errors/validation.error.js';
export { KopoKopoModule } from './kopokopo.module.js';
export { AccessToken } from './token/access-token.js';
export { type GetTokenOptions, TokenService } from './token/token.service.js';
export type {
  TokenEvent,
  TokenInvalidatedEvent,
  TokenMintedEvent,
  TokenRenewalFailedEvent,
  TokenRenewedEvent,
  TokenRevocationFailedEvent,
  TokenRevokedEvent,
  TokenSecretFallbackEvent,
  TokenServedWhileFailingEvent,
  TokenFleetChangedEvent,
  TokenStoreBackEvent,
  TokenStoreLostEvent,
} from './token/token-event.types.js';
export {
  checkKopoKopoHealth,
  type KopoKopoHealth,
} from './token/token-health.js';
export type {
  TokenFailure,
  TokenState,
  TokenStatus,
  TokenStoreState,
} from './token/token-status.interface.js';
export type {
  ActiveTokenIntrospection,
  InactiveTokenIntrospection,
  TokenInfo,
  TokenIntrospection,
} from './token/token-introspection.interface.js';
export {
  getTokenServiceToken,
  InjectTokenService,
} from './token/token.tokens.js';
export { MemoryTokenStore } from './token/store/memory-token-store.js';
