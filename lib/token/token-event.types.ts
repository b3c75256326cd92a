import type { KopoKopoErrorCode } from '../errors/kopokopo.error.js';
import type { TokenStoreState } from './token-status.interface.js';

/**
 * An event in the life of one instance's token; `type` tells which. No event holds a token or a
 * secret.
 *
 * @publicApi
 */
export type TokenEvent =
  | TokenMintedEvent
  | TokenRenewedEvent
  | TokenRenewalFailedEvent
  | TokenServedWhileFailingEvent
  | TokenInvalidatedEvent
  | TokenRevokedEvent
  | TokenRevocationFailedEvent
  | TokenSecretFallbackEvent
  | TokenStoreLostEvent
  | TokenStoreBackEvent
  | TokenFleetChangedEvent;

/**
 * A token came where there was none.
 *
 * @publicApi
 */
export interface TokenMintedEvent {
  /** Tells the event from the others. */
  type: 'minted';
  /** This process asked Kopo Kopo for it, or another one did and shares it through the token store. */
  from: 'kopokopo' | 'store';
  /** When the new token expires. */
  expiresAt: Date;
}

/**
 * A new token took the place of one that still lived.
 *
 * @publicApi
 */
export interface TokenRenewedEvent {
  /** Tells the event from the others. */
  type: 'renewed';
  /** This process asked Kopo Kopo for it, or another one did and shares it through the token store. */
  from: 'kopokopo' | 'store';
  /** When the new token expires. */
  expiresAt: Date;
}

/**
 * No new token came. The one in hand, if it lives, stays in use.
 *
 * @publicApi
 */
export interface TokenRenewalFailedEvent {
  /** Tells the event from the others. */
  type: 'renewal-failed';
  /** `code` of the error, where it was one of ours. */
  code: KopoKopoErrorCode | undefined;
  /** Earliest time of the next attempt. */
  nextAttemptAt: Date;
}

/**
 * A caller was given the token in hand although its renewal failed; once for each failure.
 *
 * @publicApi
 */
export interface TokenServedWhileFailingEvent {
  /** Tells the event from the others. */
  type: 'served-while-failing';
  /** When the token in hand expires. */
  expiresAt: Date;
}

/**
 * The API rejected the token in use, and it was dropped.
 *
 * @publicApi
 */
export interface TokenInvalidatedEvent {
  /** Tells the event from the others. */
  type: 'invalidated';
}

/**
 * A token was given back to the server.
 *
 * @publicApi
 */
export interface TokenRevokedEvent {
  /** Tells the event from the others. */
  type: 'revoked';
}

/**
 * A token could not be given back, and lives on the server until it expires or it is tried again.
 *
 * @publicApi
 */
export interface TokenRevocationFailedEvent {
  /** Tells the event from the others. */
  type: 'revocation-failed';
  /** `code` of the error, where it was one of ours. */
  code: KopoKopoErrorCode | undefined;
}

/**
 * The client secret in use was refused, and another of the list worked.
 *
 * @publicApi
 */
export interface TokenSecretFallbackEvent {
  /** Tells the event from the others. */
  type: 'secret-fallback';
  /** Place in the list of the secret that worked, from 0. */
  index: number;
}

/**
 * The token store is out of reach; this process gets tokens of its own.
 *
 * @publicApi
 */
export interface TokenStoreLostEvent {
  /** Tells the event from the others. */
  type: 'store-lost';
  /** The one word that names the problem, such as `ECONNREFUSED`, `WRONGPASS` or `TIMEOUT`, where there is one. */
  reason: string | undefined;
}

/**
 * The token store is back.
 *
 * @publicApi
 */
export interface TokenStoreBackEvent {
  /** Tells the event from the others. */
  type: 'store-back';
}

/**
 * At a beat, the token store does otherwise than at the one before, or other processes share the token.
 *
 * @publicApi
 */
export interface TokenFleetChangedEvent {
  /** Tells the event from the others. */
  type: 'fleet-changed';
  /** How the token store does, as in `status()`. */
  store: TokenStoreState;
  /** Living processes that share the token; absent while the store is out of reach. */
  members: number | undefined;
}
