/**
 * Milliseconds that a test waits for what is to come about. It is no promise of the module: a machine
 * on which other things run needs many times what a quiet one needs, and only a failure waits so long.
 */
export const PATIENCE = 60_000;
