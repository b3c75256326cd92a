/**
 * The details that a test may give of a payment; each has a default.
 *
 * @publicApi
 */
export interface SandboxPayDetails {
  /** The M-PESA code. Default: a new one. */
  reference?: string | undefined;
  /** Shillings. Default: what was asked for. */
  amount?: number | undefined;
  /** Who pays, as `+254…`. Default: who was asked. */
  phoneNumber?: string | undefined;
  /** Default: the name in the request, or `Ana`. */
  firstName?: string | undefined;
  /** Default: the name in the request, or none. */
  middleName?: string | undefined;
  /** Default: the name in the request, or `Buyer`. */
  lastName?: string | undefined;
}

/**
 * The details that a test may give of a payout; each has a default.
 *
 * @publicApi
 */
export interface SandboxTransferDetails {
  /** The M-PESA code. Default: a new one for each destination. */
  reference?: string | undefined;
  /** Shillings that a transfer of the whole balance moves. Default 1000. */
  amount?: number | undefined;
}

/**
 * Which part of a payout fails.
 *
 * @publicApi
 */
export interface SandboxTransferFailure {
  /** Places of the destinations that fail, from 0; the others are reached. Default: all fail. */
  destinations?: number[] | undefined;
}
