/** Limits of one call. @internal */
export interface CallLimits {
  /** Milliseconds. */
  timeout?: number;
  signal?: AbortSignal;
}
