import { Logger } from '@nestjs/common';
import type { ResolvedOptions } from './resolved-options.interface.js';

/**
 * A logger whose context names the class and, where an app has several accounts, the instance.
 *
 * @internal
 */
export function instanceLogger(
  owner: { name: string },
  { name }: Pick<ResolvedOptions, 'name'>,
): Logger {
  return new Logger(name === undefined ? owner.name : `${owner.name}:${name}`);
}
