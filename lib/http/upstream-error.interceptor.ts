import type { HttpService } from '@nestjs/axios';
import { Inject, Injectable } from '@nestjs/common';
import { KOPOKOPO_HTTP } from '../kopokopo.constants.js';
import { toKopoKopoError } from './upstream-error.mapper.js';

/**
 * The axios interceptor of this module's own instance: what leaves it failed is one of our errors.
 *
 * @internal
 */
@Injectable()
export class UpstreamErrorInterceptor {
  constructor(@Inject(KOPOKOPO_HTTP) http: HttpService) {
    http.axiosRef.interceptors.response.use(undefined, (error: unknown) => {
      throw toKopoKopoError(error);
    });
  }
}
