import { HttpService } from '@nestjs/axios';
import { Inject, Injectable } from '@nestjs/common';
import type { RawAxiosRequestHeaders } from 'axios';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { Deadline } from './deadline.js';
import { UpstreamErrorInterceptor } from './upstream-error.interceptor.js';

/** One HTTP attempt. @internal */
export interface UpstreamRequest {
  method: 'GET' | 'POST';
  /** Begins with a slash; the origin is pinned. */
  path: string;
  /** Body as `application/x-www-form-urlencoded`. */
  form?: Readonly<Record<string, string>>;
  headers?: RawAxiosRequestHeaders;
  /** Bytes the answer may have, unpacked. */
  maxBytes: number;
  /** Milliseconds, answer included; the `timeout` option where left out. */
  timeout?: number;
  signal?: AbortSignal;
}

/** A 2xx answer. @internal */
export interface UpstreamResponse {
  status: number;
  headers: Readonly<Record<string, unknown>>;
  text: string;
}

/**
 * Sends one request to the pinned origin and gives its 2xx answer as text; everything else rejects
 * with a `KopoKopoError`.
 *
 * @internal
 */
@Injectable()
export class UpstreamClient {
  constructor(
    private readonly http: HttpService,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    // Injected so that it is in place before the first call.
    _interceptor: UpstreamErrorInterceptor,
  ) {}

  async send(request: UpstreamRequest): Promise<UpstreamResponse> {
    const deadline = new Deadline(
      request.timeout ?? this.options.timeout,
      request.signal,
    );
    try {
      const { status, headers, data } =
        await this.http.axiosRef.request<string>({
          method: request.method,
          url: request.path,
          data: request.form && new URLSearchParams(request.form).toString(),
          headers: {
            ...(request.form && {
              'Content-Type': 'application/x-www-form-urlencoded',
            }),
            ...request.headers,
          },
          maxContentLength: request.maxBytes,
          signal: deadline.signal,
        });
      return { status, headers: { ...headers }, text: data };
    } finally {
      deadline.clear();
    }
  }
}
