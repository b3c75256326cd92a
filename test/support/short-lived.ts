/** Flags for processes that start, do little and end: V8 optimises no code that hardly runs, and nobody fetches. */
export const SHORT_LIVED = ['--no-opt', '--no-experimental-fetch'];
