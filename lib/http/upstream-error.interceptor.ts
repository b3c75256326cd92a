import { HttpService } from '@nestjs/axios';
import { Injectable } from '@nestjs/common';
import { toKopoKopoError } from './upstream-error.mapper.js';

/**
 * The axios interceptor of this module's own instance: what leaves it failed is one of our errors.
 *
 * @internal
 */
@Injectable()
export class UpstreamErrorInterceptor {
  constructor(http: HttpService) {
    http.axiosRef.interceptors.response.use(undefined, (error: unknown) => {
      throw toKopoKopoError(error);
    });
  }
}
