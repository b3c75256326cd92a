import type { KopoKopoStore } from '../store/kopokopo-store.interface.js';
import type {
  KopoKopoApiKey,
  KopoKopoClientSecret,
  KopoKopoHttpOptions,
  KopoKopoResultsOptions,
  KopoKopoShutdownOptions,
  KopoKopoTokenOptions,
  KopoKopoWebhooksOptions,
} from './kopokopo-options.interface.js';
import type { Secret } from './secret.js';

/** Only the store has no default. @internal */
export type ResolvedTokenOptions = Required<
  Omit<KopoKopoTokenOptions, 'store'>
> &
  Pick<KopoKopoTokenOptions, 'store'>;

/** Only the public URL and the queue have no default. @internal */
export type ResolvedWebhooksOptions = Required<
  Omit<KopoKopoWebhooksOptions, 'publicUrl' | 'queue'>
> &
  Pick<KopoKopoWebhooksOptions, 'publicUrl' | 'queue'>;

/** Only `check` has no default: it depends on the handlers. @internal */
export type ResolvedResultsOptions = Required<
  Omit<KopoKopoResultsOptions, 'check'>
> &
  Pick<KopoKopoResultsOptions, 'check'>;

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
  apiKey: Secret<KopoKopoApiKey> | undefined;
  apiVersion: string;
  timeout: number;
  userAgent: string;
  /** May hold the password of a proxy or the key of a client certificate. */
  http: Secret<KopoKopoHttpOptions>;
  token: ResolvedTokenOptions;
  store: KopoKopoStore | undefined;
  journal: 'strict' | 'best-effort';
  webhooks: ResolvedWebhooksOptions;
  results: ResolvedResultsOptions;
  shutdown: Required<KopoKopoShutdownOptions>;
}
