/** A request that is being sent, of which the end is to be seen. @internal */
export interface OpenCreation {
  /** Kopo Kopo has accepted it. */
  accepted(id: string): Promise<void>;
  /** Nothing was accepted. */
  refused(): void;
}

/**
 * Told of every request before it is sent, so that its end is looked for even if this process dies.
 *
 * @internal
 */
export interface OpenCreations {
  /** Never rejects. Nothing where nobody wants to hear of the end. */
  begins(
    type: string,
    reference: string | undefined,
  ): Promise<OpenCreation | undefined>;
}

/** Injection token of the `OpenCreations` of an instance. @internal */
export const OPEN_CREATIONS = Symbol.for('nestjs-kopokopo.open-creations');
