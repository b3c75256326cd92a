/** Flags for processes that start, do little and end: V8 optimises no code that hardly runs. */
export const SHORT_LIVED = ['--no-opt'];
