import type { SandboxFault } from './sandbox-fault.types.js';
import type {
  KopoKopoSandboxOptions,
  SandboxModuleOptions,
  SandboxWaitOptions,
} from './sandbox-options.types.js';
import type {
  SandboxCounters,
  SandboxCreation,
  SandboxRequest,
} from './sandbox-request.types.js';
import type { SandboxTarget } from './sandbox-route.types.js';
import { SandboxBackend } from './sandbox.backend.js';
import { SandboxPayments } from './sandbox.payments.js';
import { expire, revoke } from './token.registry.js';

/**
 * A Kopo Kopo on 127.0.0.1 for tests: an HTTP server with the OAuth endpoints (as Doorkeeper has them), Kopo
 * Kopo's resources in both versions, signed callbacks and webhooks, a memory of what it saw and sent, and faults
 * on demand. Printing it shows no credential. It keeps no process alive: one that does nothing else ends.
 *
 * @example
 * ```ts
 * const sandbox = await KopoKopoSandbox.start();
 * KopoKopoModule.forRoot(sandbox.moduleOptions);
 * // ...
 * await sandbox.stop();
 * ```
 *
 * @publicApi
 */
export class KopoKopoSandbox extends SandboxPayments {
  readonly #backend: SandboxBackend;

  private constructor(backend: SandboxBackend) {
    super(backend.world);
    this.#backend = backend;
  }

  /**
   * Starts a sandbox; it listens when the promise resolves.
   *
   * @throws Error if no application is named, two have the same `clientId`, or the port is taken.
   */
  static async start(
    options: KopoKopoSandboxOptions = {},
  ): Promise<KopoKopoSandbox> {
    return new KopoKopoSandbox(await SandboxBackend.start(options));
  }

  /** Origin, such as `http://127.0.0.1:49152`. */
  get url(): string {
    return this.#backend.world.url;
  }

  /** Client id of the first application. */
  get clientId(): string {
    return this.#backend.world.applications.first.clientId;
  }

  /** The first secret that the first application may use now; empty if it may use none. */
  get clientSecret(): string {
    return this.#backend.world.applications.first.secrets[0] ?? '';
  }

  /** Key of the first application for webhook signatures. */
  get apiKey(): string {
    return this.#backend.world.applications.first.apiKey;
  }

  /** Options for `KopoKopoModule.forRoot` that lead to this sandbox as its first application. */
  get moduleOptions(): SandboxModuleOptions {
    const { url: baseUrl, clientId, clientSecret, apiKey } = this;
    return { baseUrl, clientId, clientSecret, apiKey };
  }

  /**
   * The same for one of several applications.
   *
   * @throws Error if the application is unknown, or may use no secret.
   */
  moduleOptionsOf(clientId: string): SandboxModuleOptions {
    const { applications, url: baseUrl } = this.#backend.world;
    return { baseUrl, ...applications.credentialsOf(clientId) };
  }

  /** Values of the tokens that work now, oldest first. */
  get liveTokens(): readonly string[] {
    return this.#backend.world.tokens.live().map(({ value }) => value);
  }

  /** Values of every token ever handed out, oldest first. */
  get issuedTokens(): readonly string[] {
    return this.#backend.world.tokens.issued;
  }

  /** How much was seen until now; the object does not change afterwards. */
  get counters(): SandboxCounters {
    return this.#backend.log.counters;
  }

  /** What was seen until now, credentials included. Requests still open are completed in place; one whose body did not arrive is not listed. */
  get requests(): readonly SandboxRequest[] {
    return this.#backend.log.requests;
  }

  /** The POSTs that were accepted: each is money that would have moved. */
  get created(): readonly SandboxCreation[] {
    return [...this.#backend.world.created];
  }

  /** Values of one application's tokens that work now, oldest first. */
  liveTokensOf(clientId: string): readonly string[] {
    return this.#backend.world.tokens.live(clientId).map(({ value }) => value);
  }

  /** Revokes a token on the server's side. Returns false if it was never handed out. */
  revokeToken(value: string): boolean {
    const token = this.#backend.world.tokens.find(value);
    return token !== undefined && (revoke(token), true);
  }

  /** Ends a token's life now. Returns false if it was never handed out. */
  expireToken(value: string): boolean {
    const token = this.#backend.world.tokens.find(value);
    return token !== undefined && (expire(token), true);
  }

  /** Revokes every live token on the server's side. */
  revokeAllTokens(): void {
    this.#backend.world.tokens.live().forEach(revoke);
  }

  /**
   * Replaces the secrets that an application may use; tokens live on.
   *
   * @throws Error if the application is unknown.
   */
  rotateSecret(clientId: string, secrets: string | readonly string[]): void {
    this.#backend.world.applications.rotate(clientId, secrets);
  }

  /** Sets the life, in seconds, of tokens still to come. */
  setTokenLifetime(seconds: number): void {
    this.#backend.world.tokens.lifetime = seconds;
  }

  /** Queues a fault for the next `times` requests (default 1); one queued for a route comes before one for `all`. */
  failNext(target: SandboxTarget, fault: SandboxFault, times = 1): void {
    this.#backend.faults.push(target, fault, times);
  }

  /** Makes every request fail so, after the queued faults, until `clearFaults`. */
  failAlways(target: SandboxTarget, fault: SandboxFault): void {
    this.#backend.faults.setAlways(target, fault);
  }

  /** Forgets the faults put on a route; without a route, or for `all`, every fault, those of deliveries too. Hanging requests go on hanging. */
  clearFaults(target: SandboxTarget = 'all'): void {
    this.#backend.faults.clear(target);
    if (target === 'all') {
      this.#backend.world.desk.office.faults.clear();
    }
  }

  /**
   * Resolves when the route has seen so many requests in total, answered or not.
   *
   * @throws Error after the timeout, or if the sandbox is stopped meanwhile.
   */
  waitForRequest(
    target: SandboxTarget,
    options?: SandboxWaitOptions,
  ): Promise<void> {
    return this.#backend.log.waitFor(target, options);
  }

  /** Answers the requests that hang now as if nothing had been wrong. */
  release(): void {
    this.#backend.release();
  }

  /** Forgets everything but its applications: faults, requests, tokens, what was created and delivered; and closes the connections of open requests. */
  reset(): void {
    this.#backend.reset();
  }

  /** Stops listening and closes every connection, hanging ones too. What it saw can still be read. */
  stop(): Promise<void> {
    return this.#backend.stop();
  }

  /** `await using` stops the sandbox at the end of the block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** Address and numbers, no credentials. */
  toJSON(): { url: string; liveTokens: number; counters: SandboxCounters } {
    const { url, liveTokens, counters } = this;
    return { url, liveTokens: liveTokens.length, counters };
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): object {
    return { KopoKopoSandbox: this.toJSON() };
  }
}
