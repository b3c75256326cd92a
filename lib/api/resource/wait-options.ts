import type { ResourceCallOptions } from './resource.client.js';

/**
 * How long `waitUntilFinal` waits.
 *
 * @publicApi
 */
export interface WaitOptions<Answer> {
  /** Milliseconds until it gives up. Default 120,000. */
  timeout?: number | undefined;
  /** Ends the waiting when it aborts. */
  signal?: ResourceCallOptions['signal'];
  /** Is told each answer that was looked at, and awaited; what it throws ends the waiting. */
  onProgress?: ((answer: Answer) => unknown) | undefined;
}
