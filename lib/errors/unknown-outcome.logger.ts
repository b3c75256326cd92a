import {
  type ArgumentsHost,
  type ExecutionContext,
  Logger,
} from '@nestjs/common';
import { mayHaveActed } from './error-to-http.mapper.js';
import type { KopoKopoError } from './kopokopo.error.js';

const logger = new Logger('KopoKopoErrors');

/** The interceptor and the filter of one app may both meet an error. */
const told = new WeakSet<KopoKopoError>();

/**
 * Warns once of a call that may have moved money and whose answer was lost.
 *
 * @internal
 */
export function warnOfUnknownOutcome(
  error: KopoKopoError,
  host: ArgumentsHost,
): void {
  if (!mayHaveActed(error) || told.has(error)) return;
  told.add(error);
  const { code, outcome, method, path, requestId } = error;
  const call =
    [method, path?.replace(/\?.*/s, '')].filter(Boolean).join(' ') || 'A call';
  const known = [`request id: ${requestId ?? 'none'}`, `in ${placeOf(host)}`];
  logger.warn(
    `${code}, outcome ${outcome}: ${call} may have been accepted and must not be sent again before one has looked (${known.join('; ')}).`,
  );
}

/** The app's own route as a template, since a path may hold a phone number; else class and handler. */
function placeOf(host: ArgumentsHost): string {
  const { getClass, getHandler } = host as Partial<ExecutionContext>;
  const names = [getClass?.call(host)?.name, getHandler?.call(host)?.name];
  const handler = names.filter(Boolean).join('.');
  if (host.getType<string>() !== 'http') {
    return handler || `a context of type ${host.getType<string>()}`;
  }
  const { method, route, routeOptions } = host.switchToHttp().getRequest<{
    method: string;
    route?: { path: unknown };
    routeOptions?: { url?: string };
  }>();
  const template = route?.path ?? routeOptions?.url;
  return `${method} ${String(template ?? (handler || 'before the routes'))}`;
}
