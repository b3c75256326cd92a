import type { UpstreamRequest } from '../http/upstream.client.js';

/** Limits of one call. @internal */
export interface CallLimits extends Pick<
  UpstreamRequest,
  'onLate' | 'lateLimit'
> {
  /** Milliseconds. */
  timeout?: number;
  signal?: AbortSignal;
}
