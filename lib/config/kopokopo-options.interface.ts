import type { ConfigurableModuleAsyncOptions } from '@nestjs/common';
import type { AxiosProxyConfig } from 'axios';
import type { KopoKopoStore } from '../store/kopokopo-store.interface.js';
import type { KopoKopoDeliveryQueue } from './delivery-queue.interface.js';
import type { TokenStore } from './token-store.interface.js';
import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';

/**
 * Kopo Kopo's two worlds. Accounts, credentials and tokens of one are unknown in the other.
 *
 * @publicApi
 */
export type KopoKopoEnvironment = 'sandbox' | 'production';

/**
 * The application's client secret: one text; a list, while a secret is being rotated (the next one
 * is tried once when the server answers `invalid_client`, and what worked is remembered); or a
 * function that is asked again for each request that carries it.
 *
 * @publicApi
 */
export type KopoKopoClientSecret =
  string | readonly string[] | (() => string | Promise<string>);

/**
 * The key that Kopo Kopo signs deliveries with: one text; a list, while it is being rotated; or a function
 * that is asked for each delivery, and gives either.
 *
 * @publicApi
 */
export type KopoKopoApiKey =
  | string
  | readonly string[]
  | (() => string | readonly string[] | Promise<string | readonly string[]>);

/**
 * When the first token is fetched: never before it is needed, at bootstrap without holding it up,
 * or at bootstrap and the boot fails without one.
 *
 * @publicApi
 */
export type KopoKopoPrefetch = 'off' | 'background' | 'required';

/**
 * How the wire to Kopo Kopo is laid; handed to axios.
 *
 * @publicApi
 */
export interface KopoKopoHttpOptions {
  /** Agent for `http:` (a loopback server in tests). Default: Node's own. */
  httpAgent?: HttpAgent | undefined;
  /** Agent for `https:`: a private CA, a client certificate, a tunnel. Default: Node's own. */
  httpsAgent?: HttpsAgent | undefined;
  /** Company proxy. Default `false`: none, whatever `HTTPS_PROXY` in the environment says. */
  proxy?: AxiosProxyConfig | false | undefined;
}

/**
 * The life of a token.
 *
 * @publicApi
 */
export interface KopoKopoTokenOptions {
  /** When the first token is fetched. Default `background`. */
  prefetch?: KopoKopoPrefetch | undefined;
  /** Last share of a token's life in which it is renewed behind the callers, 0.05 to 0.9. Default 0.25. */
  earlyWindow?: number | undefined;
  /** Milliseconds before expiry in which callers wait for the renewal; at most half the early window. Default 10 000. */
  lastWindow?: number | undefined;
  /** Milliseconds that getting a token may take, all attempts together. Default 10 000. */
  mintBudget?: number | undefined;
  /** Attempts within that budget. Default 3. */
  mintAttempts?: number | undefined;
  /** Milliseconds for one attempt. Default 4 000. */
  attemptTimeout?: number | undefined;
  /** Shortest pause in milliseconds after a failure. Default 1 000. */
  cooldownMin?: number | undefined;
  /** Longest pause in milliseconds after a failure, unless the server asks for more. Default 60 000. */
  cooldownMax?: number | undefined;
  /** Milliseconds for which a superseded token is kept before it is revoked, or longer while a call uses it; with a `store`, for at least `lapse` and the longer of `beat` and `timeout`. Default 60 000. */
  revokeDelay?: number | undefined;
  /** Where a fleet shares one token, such as a `RedisTokenStore`. Default: none, each instance keeps its own in its memory. */
  store?: TokenStore | undefined;
  /** Milliseconds between two signs of life of a member of the fleet. Default 10 000. */
  beat?: number | undefined;
  /** Milliseconds without a sign of life after which a member no longer counts; at least two beats. Default 30 000. */
  lapse?: number | undefined;
}

/**
 * Time limits and duties of a shutdown.
 *
 * @publicApi
 */
export interface KopoKopoShutdownOptions {
  /** Revoke what this process holds. Default `true`. */
  revoke?: boolean | undefined;
  /** Milliseconds the revocation may take, everything together. Default 5 000. */
  timeout?: number | undefined;
  /** Milliseconds after the shutdown began at which it revokes even if requests still drain. Default 8 000. */
  deadline?: number | undefined;
}

/**
 * How signed deliveries are taken: webhooks, and results of requests.
 *
 * @publicApi
 */
export interface KopoKopoWebhooksOptions {
  /** Path of the route, below the app's global prefix. Default `/kopokopo/webhooks`; of a named instance `/kopokopo/webhooks/{name}`. */
  path?: string | undefined;
  /** Where the internet reaches this app, such as `https://shop.example`: requests without a `callbackUrl` get this, the global prefix and `path`. Default none. */
  publicUrl?: string | undefined;
  /** Milliseconds after which a delivery is answered 503 while its handlers go on. Default 8 000. */
  timeout?: number | undefined;
  /** Milliseconds after which handlers are given up, and another delivery may call them again. Default 300 000. */
  longest?: number | undefined;
  /** Bytes that a delivery may have; more is answered 413. Default 1 048 576. */
  limit?: number | undefined;
  /** The treatment of a delivery that no handler hears: a line in the log, or nothing. Default `warn`. */
  unhandled?: 'warn' | 'ignore' | undefined;
  /** A durable queue between the route and the handlers, such as a `BullMqDeliveryQueue`. Default none: handlers run before the answer. */
  queue?: KopoKopoDeliveryQueue | undefined;
}

/**
 * How the ends of requests are found that no callback brought.
 *
 * @publicApi
 */
export interface KopoKopoResultsOptions {
  /** Whether requests are looked at until their end was handled. Default: those that a handler of this app hears. */
  check?: boolean | undefined;
  /** Milliseconds until the first look. Default 30 000. */
  first?: number | undefined;
  /** Milliseconds of the longest pause; each is twice the one before. Default 900 000. */
  longest?: number | undefined;
  /** Milliseconds after which a request without an end is given up, with a line in the log. Default 86 400 000. */
  until?: number | undefined;
}

/**
 * Options of `KopoKopoModule`.
 *
 * @publicApi
 */
export interface KopoKopoModuleOptions {
  /** `sandbox` or `production`. Set this or `baseUrl`. */
  environment?: KopoKopoEnvironment | undefined;
  /** Origin to talk to in place of `environment`'s: https, or http on loopback. */
  baseUrl?: string | undefined;
  /** The application's client id. */
  clientId: string;
  /** The application's client secret. */
  clientSecret: KopoKopoClientSecret;
  /** The application's API key, which deliveries are signed with. It is never sent. Default none: no delivery is taken. */
  apiKey?: KopoKopoApiKey | undefined;
  /** Version of the API for `/api/...`. Default `v2`. */
  apiVersion?: string | undefined;
  /** Milliseconds for one HTTP attempt, answer included. Default 10 000. */
  timeout?: number | undefined;
  /** `User-Agent` of every call; Kopo Kopo refuses calls without one. Default names this package. */
  userAgent?: string | undefined;
  /** Agents and proxy. */
  http?: KopoKopoHttpOptions | undefined;
  /** The life of a token. */
  token?: KopoKopoTokenOptions | undefined;
  /** Where it is kept which deliveries were handled and which requests were made; several processes share one. Default: each process has a `MemoryStore` of its own. */
  store?: KopoKopoStore | undefined;
  /** What becomes of a request with a `reference` while the store is out of reach: refused, or sent all the same. Default `strict`. */
  journal?: 'strict' | 'best-effort' | undefined;
  /** How deliveries are taken. */
  webhooks?: KopoKopoWebhooksOptions | undefined;
  /** How the ends of requests are found that no callback brought. */
  results?: KopoKopoResultsOptions | undefined;
  /** What happens on shutdown. */
  shutdown?: KopoKopoShutdownOptions | undefined;
}

/**
 * Makes the options; for `useClass` and `useExisting`.
 *
 * @publicApi
 */
export interface KopoKopoOptionsFactory {
  /** Called once, when the module is set up. */
  createKopoKopoOptions():
    Promise<KopoKopoModuleOptions> | KopoKopoModuleOptions;
}

/**
 * Settings beside the options in `forRoot` and `forRootAsync`.
 *
 * @publicApi
 */
export interface KopoKopoModuleExtras {
  /** Makes the module's exports visible everywhere. Default `false`. */
  isGlobal?: boolean | undefined;
  /** Name of this instance where an app has several accounts; inject it with `@InjectTokenService(name)`. */
  name?: string | undefined;
}

/**
 * Options of `KopoKopoModule.forRootAsync`: `useFactory`, `useClass` or `useExisting`, with
 * `inject` and `imports`, as in Nest's own modules.
 *
 * @publicApi
 */
export interface KopoKopoModuleAsyncOptions
  extends
    ConfigurableModuleAsyncOptions<
      KopoKopoModuleOptions,
      'createKopoKopoOptions'
    >,
    KopoKopoModuleExtras {}
