import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  Logger,
} from '@nestjs/common';
import { type Observable, throwError } from 'rxjs';
import { toHttpBody } from './error-to-http.mapper.js';
import { HttpResponse } from './http-response.js';
import { isKopoKopoError, type KopoKopoError } from './kopokopo.error.js';
import { warnOfUnknownOutcome } from './unknown-outcome.logger.js';

/** What `@Catch` asks with `instanceof`: the errors of both module formats, and no others. */
abstract class AnyKopoKopoError {
  static [Symbol.hasInstance](error: unknown): boolean {
    return isKopoKopoError(error);
  }
}

/**
 * Gives this package's errors the same HTTP answers as `KopoKopoErrorInterceptor`, also where no
 * interceptor sees them: in guards, pipes and middleware. It needs nothing injected, works on Express
 * and Fastify, and where an app runs on another copy of Nest than this package. Errors of others go to
 * the app's other filters.
 *
 * It answers by itself, so an app whose own filter for `HttpException` gives errors another form uses
 * the interceptor, or both; a call of unknown outcome is logged once all the same.
 *
 * - HTTP: an answer that has begun is ended, as Nest does it, and the error is logged.
 * - Microservices and WebSockets: the caller gets the same body as an RPC error, or as an `exception`
 *   event, and the error is logged.
 * - GraphQL and others: the error goes on as it is.
 *
 * @example
 * ```ts
 * app.useGlobalFilters(new KopoKopoErrorFilter());
 * // or, in a module: { provide: APP_FILTER, useClass: KopoKopoErrorFilter }
 * ```
 * @publicApi
 */
@Catch(AnyKopoKopoError)
export class KopoKopoErrorFilter implements ExceptionFilter<KopoKopoError> {
  private readonly logger = new Logger('KopoKopoErrors');

  catch(
    error: KopoKopoError,
    host: ArgumentsHost,
  ): Observable<never> | undefined {
    warnOfUnknownOutcome(error, host);
    switch (host.getType<string>()) {
      case 'http':
        this.answer(error, new HttpResponse(host.switchToHttp().getResponse()));
        return undefined;
      case 'rpc':
        this.logger.error(error);
        return throwError(() => toHttpBody(error));
      case 'ws':
        this.logger.error(error);
        emit(host.switchToWs().getClient<WsClient | undefined>(), error);
        return undefined;
      default:
        // Nest throws the error on where a filter gives nothing.
        return undefined;
    }
  }

  private answer(error: KopoKopoError, response: HttpResponse): void {
    if (response.headersSent) {
      this.logger.error(error);
      return response.end();
    }
    const body = toHttpBody(error);
    response.retryAfter(body, error);
    response.answer(body);
  }
}

interface WsClient {
  /** A number on a native WebSocket, whose `emit` reaches nobody. */
  readyState?: unknown;
  send(text: string): unknown;
  emit(event: string, data: unknown): unknown;
}

/** The event that Nest's own filter sends. */
function emit(client: WsClient | undefined, error: KopoKopoError): void {
  const data = { status: 'error', ...toHttpBody(error) };
  if (!client) return;
  if (typeof client.readyState === 'number') {
    client.send(JSON.stringify({ event: 'exception', data }));
  } else {
    client.emit('exception', data);
  }
}
