import { redact } from './redact.js';

/**
 * The path of a call as errors and logs may show it: without its query, segment by segment redacted.
 *
 * @internal
 */
export function pathOf(url: string): string {
  const [path = ''] = url.split(/[?#]/, 1);
  return path
    .split('/')
    .map((segment) => redact(segment))
    .join('/');
}
