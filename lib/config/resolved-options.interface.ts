import type {
  KopoKopoClientSecret,
  KopoKopoHttpOptions,
  KopoKopoShutdownOptions,
  KopoKopoTokenOptions,
} from './kopokopo-options.interface.js';
import type { Secret } from './secret.js';

/** Only the store has no default. @internal */
export type ResolvedTokenOptions = Required<
  Omit<KopoKopoTokenOptions, 'store'>
> &
  Pick<KopoKopoTokenOptions, 'store'>;

/**
 * The options of one instance, with every default in place.
 *
 * @internal
 */
export interface ResolvedOptions {
  /** Name of the instance, for the log; `undefined` for the default one. */
  name: string | undefined;
  /** Scheme, host and port; the only place a secret or a bearer ever goes to. */
  origin: string;
  clientId: string;
  clientSecret: Secret<KopoKopoClientSecret>;
  apiKey: Secret<string> | undefined;
  apiVersion: string;
  timeout: number;
  userAgent: string;
  /** May hold the password of a proxy or the key of a client certificate. */
  http: Secret<KopoKopoHttpOptions>;
  token: ResolvedTokenOptions;
  shutdown: Required<KopoKopoShutdownOptions>;
}
