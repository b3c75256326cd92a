import {
  type CallHandler,
  type ExecutionContext,
  HttpException,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { catchError, type Observable, throwError } from 'rxjs';
import { toHttpBody } from './error-to-http.mapper.js';
import { isKopoKopoError, type KopoKopoError } from './kopokopo.error.js';

/** Both of Nest's adapters answer to `header(name, value)`. */
interface HeaderSink {
  header?: (name: string, value: string) => unknown;
}

/**
 * Turns this package's errors into the right HTTP answers of your app: validation 400, refused 422,
 * not found 404, rate limit 429 with `Retry-After`, credentials, permission, server and response
 * 502, connection 503, timeout 504. The body has `statusCode`, `error`, `message` and `code`.
 *
 * Other errors, and contexts other than HTTP, pass through untouched.
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
            isKopoKopoError(error) && context.getType() === 'http'
              ? this.toHttp(error, context)
              : error,
          ),
        ),
      );
  }

  private toHttp(
    error: KopoKopoError,
    context: ExecutionContext,
  ): HttpException {
    const body = toHttpBody(error);
    if (body.statusCode === 429 && error.retryAfter !== undefined) {
      const response = context.switchToHttp().getResponse<HeaderSink>();
      response.header?.('Retry-After', String(Math.ceil(error.retryAfter)));
    }
    return new HttpException(body, body.statusCode);
  }
}
