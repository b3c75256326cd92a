import type { UnknownFields } from './attributes.js';

/** A word of Kopo Kopo's: the known ones are offered, any other is possible. @publicApi */
export type OpenWord<Known extends string> = Known | (string & {});

/**
 * The fields of every resource. An answer is a frozen plain object that survives JSON.
 *
 * @publicApi
 */
export interface ResourceAnswer {
  /** Id of the resource, the last part of its location. */
  readonly id: string;
  /** Kopo Kopo's word for the kind of resource. */
  readonly type: string;
  /** Kopo Kopo's word for its state, as it came; empty where there was none. */
  readonly status: string;
  /** Fields that this version of the module does not know, by their names on the wire. */
  readonly raw: UnknownFields;
}

/**
 * The fields of every request that Kopo Kopo works on.
 *
 * @publicApi
 */
export interface RequestAnswer extends ResourceAnswer {
  /** Nothing is to come any more. */
  readonly isFinal: boolean;
  /** Why it failed, in Kopo Kopo's words; empty where it said nothing. */
  readonly failures: readonly string[];
  /** The metadata of the request. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** The `reference` of the request. */
  readonly reference?: string;
  /** Where the result is sent to. */
  readonly callbackUrl?: string;
}
