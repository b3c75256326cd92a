const MARK = Symbol.for('nestjs-kopokopo.drop-delivery');

/**
 * A handler throws it when a delivery is of no use and never will be: it is acknowledged, logged and not
 * delivered again.
 *
 * @publicApi
 */
export class KopoKopoDropDelivery extends Error {
  /** @internal */
  readonly [MARK] = true;

  /** @param reason stands in the log: no phone number, no name */
  constructor(readonly reason: string) {
    super(reason);
    this.name = 'KopoKopoDropDelivery';
  }
}

/** Told by its mark: an app may have loaded the package in both formats. @internal */
export function isDrop(error: unknown): error is KopoKopoDropDelivery {
  return (error as { [MARK]?: unknown } | null | undefined)?.[MARK] === true;
}
