import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { catchError, type Observable, throwError } from 'rxjs';
import { toHttpBody } from './error-to-http.mapper.js';
import { HttpResponse } from './http-response.js';
import { isKopoKopoError, type KopoKopoError } from './kopokopo.error.js';
import { KopoKopoHttpException } from './mapped.exception.js';
import { warnOfUnknownOutcome } from './unknown-outcome.logger.js';

/**
 * Turns this package's errors into the right HTTP answers of your app: validation 400, refused 422,
 * not found 404, rate limit 429 with `Retry-After`, credentials, permission, server and response
 * 502, connection 503, timeout 504. The body has `statusCode`, `error`, `message`, `code` and
 * `outcome`.
 *
 * A call that may have been accepted (`outcome: 'unknown'`, and not a `GET`) is always answered 502,
 * with a message that says so, since clients and gateways repeat a 503 or a 504. It is logged at
 * WARN, once.
 *
 * It throws an `HttpException` whose `cause` is the error, so your app's filters for HTTP
 * exceptions give it your own form. Errors of others, contexts other than HTTP and answers that have
 * begun (SSE, `@Res()`) pass through untouched. An interceptor does not see what guards and
 * middleware throw: see `KopoKopoErrorFilter`.
 *
 * @example
 * ```ts
 * app.useGlobalInterceptors(new KopoKopoErrorInterceptor());
 * ```
 * @publicApi
 */
@Injectable()
export class KopoKopoErrorInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next
      .handle()
      .pipe(
        catchError((error: unknown) =>
          throwError(() =>
            isKopoKopoError(error) ? this.mapped(error, context) : error,
          ),
        ),
      );
  }

  private mapped(error: KopoKopoError, context: ExecutionContext): Error {
    warnOfUnknownOutcome(error, context);
    if (context.getType() !== 'http') return error;
    const response = new HttpResponse(context.switchToHttp().getResponse());
    if (response.headersSent) return error;
    const body = toHttpBody(error);
    response.retryAfter(body, error);
    return new KopoKopoHttpException(body, error);
  }
}
