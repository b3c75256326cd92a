import { HttpException } from '@nestjs/common';
import type { KopoKopoErrorBody } from './error-to-http.mapper.js';
import type { KopoKopoError } from './kopokopo.error.js';

/**
 * The `HttpException` that stands for an error of ours; the error itself is its `cause`.
 *
 * An app that runs on another copy of Nest does not know this class and goes by the shape of
 * `http-errors` instead: `statusCode`, `status`, `expose` and `message`.
 *
 * @internal
 */
export class KopoKopoHttpException extends HttpException {
  readonly statusCode: number;
  readonly expose = true;

  constructor(body: KopoKopoErrorBody, cause: KopoKopoError) {
    super(body, body.statusCode, { cause });
    this.statusCode = body.statusCode;
    this.message = [body.message].flat().join('; ');
  }
}
