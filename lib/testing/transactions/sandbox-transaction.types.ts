/**
 * Money that came in to a till, or went back out of it.
 *
 * @publicApi
 */
export interface SandboxTransaction {
  /** Id of the transaction. */
  readonly id: string;
  /** The M-PESA code, such as `SH1ABC2DEF`. A reversal has the code of what it reverses. */
  readonly reference: string;
  /** `Received` from a customer, `Complete` from another till, or `Reversed`. */
  readonly status: 'Received' | 'Complete' | 'Reversed';
  /** Shillings. */
  readonly amount: number;
  /** Always `KES`. */
  readonly currency: 'KES';
  /** The till that was paid. */
  readonly tillNumber: string;
  /** The customer's number, as `+254…`. */
  readonly phoneNumber: string;
  /** The customer's first name. */
  readonly firstName: string;
  /** The customer's middle name. */
  readonly middleName: string | null;
  /** The customer's last name. */
  readonly lastName: string | null;
  /** The till that paid, where no customer did (B2B). */
  readonly sendingTill: string | undefined;
  /** When it happened. */
  readonly at: Date;
}

/**
 * A payment that comes in to a till directly, from the customer's own phone.
 *
 * @publicApi
 */
export interface SandboxPayment {
  /** The till that is paid. */
  tillNumber: string;
  /** Shillings, cents allowed. */
  amount: number;
  /** The customer's number, as `+254…`. Default `+254712345678`. */
  phoneNumber?: string | undefined;
  /** Default `Ana`. */
  firstName?: string | undefined;
  /** Default none. */
  middleName?: string | undefined;
  /** Default `Buyer`. */
  lastName?: string | undefined;
  /** The M-PESA code. Default: a new one. */
  reference?: string | undefined;
  /** A till that pays in the customer's place: the transaction is a B2B one. */
  sendingTill?: string | undefined;
  /** When it happened. Default: now. */
  at?: Date | undefined;
  /** The application whose till it is. Default: the first. */
  clientId?: string | undefined;
}
