/** Statuses of a proxy that it gives again, however often it is asked. */
const FINAL = new Set([400, 401, 403, 404, 405, 407, 501]);

/**
 * A proxy made no tunnel, so nothing of the call was sent.
 *
 * @internal
 */
export class TunnelError extends Error {
  private constructor(
    message: string,
    readonly retryable: boolean,
  ) {
    super(message);
  }

  static answered(proxy: string, status: number): TunnelError {
    return new TunnelError(
      `The proxy ${proxy} answered ${status} and made no tunnel to Kopo Kopo.`,
      !FINAL.has(status),
    );
  }

  static broke(proxy: string, code: string | undefined): TunnelError {
    return new TunnelError(
      `The proxy ${proxy} made no tunnel to Kopo Kopo (${code ?? 'no code'}).`,
      true,
    );
  }
}
