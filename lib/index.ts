export type {
  KopoKopoCallOptions,
  KopoKopoRequest,
  KopoKopoResponse,
} from './api/api-call.interface.js';
export type { UnknownFields } from './api/answer/attributes.js';
export type {
  OpenWord,
  RequestAnswer,
  ResourceAnswer,
} from './api/answer/resource-answer.js';
export {
  getKopoKopoClientToken,
  getKopoKopoHttpServiceToken,
  InjectKopoKopoClient,
  InjectKopoKopoHttpService,
} from './api/api.tokens.js';
export type { ExternalRecipient } from './api/external-recipients/external-recipient.answer.js';
export {
  BankAccountRecipientRequest,
  type ExternalRecipientRequest,
  MobileWalletRecipientRequest,
  PaybillRecipientRequest,
  TillRecipientRequest,
} from './api/external-recipients/external-recipient.request.js';
export type { IncomingPayment } from './api/incoming-payments/incoming-payment.answer.js';
export { IncomingPaymentRequest } from './api/incoming-payments/incoming-payment.request.js';
export { KopoKopoHttpService } from './api/kopokopo-http.service.js';
export { KopoKopoClient } from './api/kopokopo.client.js';
export type { MerchantBankAccount } from './api/merchant-bank-accounts/merchant-bank-account.answer.js';
export { MerchantBankAccountRequest } from './api/merchant-bank-accounts/merchant-bank-account.request.js';
export type { MerchantWallet } from './api/merchant-wallets/merchant-wallet.answer.js';
export { MerchantWalletRequest } from './api/merchant-wallets/merchant-wallet.request.js';
export type { PaymentLink } from './api/payment-links/payment-link.answer.js';
export { PaymentLinkRequest } from './api/payment-links/payment-link.request.js';
export { WebhookSubscriptionsClient } from './api/webhook-subscriptions/webhook-subscriptions.client.js';
export { PaymentLinksClient } from './api/payment-links/payment-links.client.js';
export type { Polling } from './api/polling/polling.answer.js';
export { PollingClient } from './api/polling/polling.client.js';
export { PollingRequest } from './api/polling/polling.request.js';
export type { TransactionHistoryRequest } from './api/polling/transaction-history.js';
export { KopoKopoWork, type Metadata } from './api/request/kopokopo-request.js';
export type { KopoKopoScope } from './api/request/scope.js';
export { RequestClient } from './api/resource/request.client.js';
export type {
  ResourceReference,
  ResourceTarget,
} from './api/resource/resource-reference.js';
export {
  type ResourceCallOptions,
  ResourceClient,
} from './api/resource/resource.client.js';
export type { WaitOptions } from './api/resource/wait-options.js';
export type { Reversal } from './api/reversals/reversal.answer.js';
export { ReversalRequest } from './api/reversals/reversal.request.js';
export {
  BankAccountDestination,
  MerchantBankAccountDestination,
  MerchantWalletDestination,
  MobileWalletDestination,
  PaybillDestination,
  type SendMoneyDestination,
  TillDestination,
} from './api/send-money/destinations.js';
export type {
  Disbursement,
  TransferBatch,
} from './api/send-money/disbursement.answer.js';
export type {
  SendMoney,
  SentDestination,
} from './api/send-money/send-money.answer.js';
export { SendMoneyClient } from './api/send-money/send-money.client.js';
export {
  SendMoneyRequest,
  SweepRequest,
} from './api/send-money/send-money.request.js';
export type { Transaction } from './api/transactions/transaction.answer.js';
export { PayRequest } from './api/v1/pay.request.js';
export { SettlementTransferRequest } from './api/v1/settlement-transfer.request.js';
export type { TransactionSmsNotification } from './api/v1/transaction-sms-notification.answer.js';
export { TransactionSmsNotificationRequest } from './api/v1/transaction-sms-notification.request.js';
export type { V1Transfer } from './api/v1/transfer.answer.js';
export type { WebhookSubscription } from './api/webhook-subscriptions/webhook-subscription.answer.js';
export {
  type KopoKopoTopic,
  WebhookSubscriptionRequest,
} from './api/webhook-subscriptions/webhook-subscription.request.js';
export type {
  KopoKopoApiKey,
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
  KopoKopoResultsOptions,
  KopoKopoWebhooksOptions,
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
export { KopoKopoReferenceError } from './errors/reference.error.js';
export { KopoKopoRefusedError } from './errors/refused.error.js';
export { KopoKopoResponseError } from './errors/response.error.js';
export { KopoKopoServerError } from './errors/server.error.js';
export { KopoKopoShutdownError } from './errors/shutdown.error.js';
export { KopoKopoTimeoutError } from './errors/timeout.error.js';
export { KopoKopoValidationError } from './errors/validation.error.js';
export type {
  CardTransaction,
  CustomerCreated,
  SettlementCompleted,
  SettlementDisbursement,
  UnknownEvent,
} from './events/answers/webhook-event.answer.js';
export type { DarajaPayment } from './events/answers/daraja.answer.js';
export { KopoKopoDelivered } from './events/controller/kopokopo-delivered.decorator.js';
export { KopoKopoSignatureGuard } from './events/controller/kopokopo-signature.guard.js';
export type { KopoKopoDeliveryHeaders } from './events/delivery.headers.js';
export type { KopoKopoReceipt } from './events/delivery.receipt.js';
export type {
  EventOf,
  EventsByTopic,
  KopoKopoDarajaDelivery,
  KopoKopoDelivery,
  KopoKopoDeliveryParts,
  KopoKopoDeliverySource,
  KopoKopoResultDelivery,
  KopoKopoResultType,
  KopoKopoUnknownDelivery,
  KopoKopoWebhookDelivery,
  ResultOf,
  ResultsByType,
} from './events/delivery.types.js';
export { KopoKopoDropDelivery } from './events/drop-delivery.error.js';
export {
  type KopoKopoHandlerDecorator,
  type KopoKopoHandlerOptions,
  OnAnyKopoKopoDelivery,
  OnKopoKopoDaraja,
  OnKopoKopoResult,
  OnKopoKopoWebhook,
} from './events/handler.decorators.js';
export { KopoKopoWebhooks } from './events/kopokopo-webhooks.service.js';
export {
  getKopoKopoWebhooksToken,
  InjectKopoKopoWebhooks,
  getKopoKopoResultsToken,
  InjectKopoKopoResults,
} from './events/webhooks.tokens.js';
export {
  KopoKopoResults,
  type PendingResult,
  type Reconciliation,
} from './events/results/kopokopo-results.service.js';
export { KopoKopoModule } from './kopokopo.module.js';
export type {
  KopoKopoStore,
  NextDocument,
  StoredDocument,
  SwapResult,
} from './store/kopokopo-store.interface.js';
export { MemoryStore } from './store/memory.store.js';
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
export { IsKenyanMobile } from './values/kenyan-mobile.decorator.js';
export { Money } from './values/money.js';
export {
  hashPhoneNumber,
  normalizePhoneNumber,
} from './values/phone-number.js';
export type { ShillingAmount, ShillingLimits } from './values/shillings.js';
export { IsShillings } from './values/shillings.decorator.js';
export type {
  JobAgain,
  JobDone,
  JobFailed,
  KopoKopoDeliveryQueue,
  QueuedCheck,
  QueuedDelivery,
  QueuedJob,
  QueuedJobFate,
} from './config/delivery-queue.interface.js';
