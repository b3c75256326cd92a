import { Logger } from '@nestjs/common';
import type { ResolvedOptions } from './resolved-options.interface.js';

/**
 * A logger whose context begins with `KopoKopo`, names the part that speaks and, where an app has several
 * accounts, the instance: `KopoKopoToken:shop-b`.
 *
 * @internal
 */
export function instanceLogger(
  part: string,
  { name }: Pick<ResolvedOptions, 'name'>,
): Logger {
  const context = `KopoKopo${part}`;
  return new Logger(name === undefined ? context : `${context}:${name}`);
}
