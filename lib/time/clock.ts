/**
 * Tells time in milliseconds.
 *
 * @internal
 */
export interface Clock {
  /** Time that never jumps, keeps its pace whatever happens to the wall clock, and counts suspension. */
  now(): number;
  /** Wall clock, for dates that people read. */
  wall(): number;
}
