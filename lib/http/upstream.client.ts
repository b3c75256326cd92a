import type { HttpService } from '@nestjs/axios';
import { Inject, Injectable } from '@nestjs/common';
import type { AxiosRequestConfig, RawAxiosRequestHeaders } from 'axios';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { isKopoKopoError } from '../errors/kopokopo.error.js';
import { KopoKopoResponseError } from '../errors/response.error.js';
import { KOPOKOPO_HTTP, KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import type { CallSignal } from './call-signal.js';
import { type LateAnswer, withinDeadline } from './deadline.js';
import { pathOf } from './request-path.js';
import { UpstreamErrorInterceptor } from './upstream-error.interceptor.js';

/** One HTTP attempt. @internal */
export interface UpstreamRequest {
  method: 'GET' | 'POST';
  /** Begins with a slash; the origin is pinned. */
  path: string;
  /** Body as `application/x-www-form-urlencoded`. */
  form?: Readonly<Record<string, string>>;
  /** Body as `application/json`, written already. */
  json?: string;
  headers?: RawAxiosRequestHeaders;
  /** Bytes the answer may have, unpacked. */
  maxBytes: number;
  /** Milliseconds, answer included; the `timeout` option where left out. */
  timeout?: number;
  signal?: AbortSignal;
  /** Aborts when the app gives up the call because it shuts down. */
  ending?: AbortSignal;
  /**
   * Told of a 2xx answer that came although the call had ended before, by its time limit or its signal.
   * Must not throw.
   */
  onLate?: (response: UpstreamResponse) => void;
  /** Milliseconds for which such an answer is waited for; without `onLate` the connection is closed at once. */
  lateLimit?: number;
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
  /** Its defaults may hold the password of a proxy: not for whoever prints what holds this. */
  readonly #http: HttpService;

  constructor(
    @Inject(KOPOKOPO_HTTP) http: HttpService,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    // Injected so that it is in place before the first call.
    _interceptor: UpstreamErrorInterceptor,
  ) {
    this.#http = http;
  }

  async send(request: UpstreamRequest): Promise<UpstreamResponse> {
    const { timeout = this.options.timeout, signal, ending } = request;
    try {
      return await withinDeadline(
        (callSignal) => this.attempt(request, callSignal),
        { timeout, signal, ending },
        lateAnswerOf(request),
      );
    } catch (error) {
      // The one place from which each failure of a call knows which call it was.
      throw isKopoKopoError(error)
        ? error.toldOf({ method: request.method, path: pathOf(request.path) })
        : error;
    }
  }

  private async attempt(
    request: UpstreamRequest,
    signal: CallSignal,
  ): Promise<UpstreamResponse> {
    const { status, headers, data } = await this.#http.axiosRef.request<string>(
      {
        method: request.method,
        url: request.path,
        ...bodyOf(request),
        maxContentLength: request.maxBytes,
        signal,
      },
    );
    // axios takes a status of 0 for a success.
    if (!(status >= 200 && status < 300)) {
      throw new KopoKopoResponseError(
        'Kopo Kopo answered without a valid HTTP status.',
      );
    }
    return { status, headers: { ...headers }, text: data };
  }
}

function lateAnswerOf({
  onLate,
  lateLimit = 0,
}: UpstreamRequest): LateAnswer<UpstreamResponse> | undefined {
  return onLate && { limit: lateLimit, onAnswer: onLate };
}

function bodyOf({
  form,
  json,
  headers,
}: UpstreamRequest): Pick<AxiosRequestConfig, 'data' | 'headers'> {
  if (form !== undefined) {
    return {
      data: new URLSearchParams(form).toString(),
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        ...headers,
      },
    };
  }
  return json === undefined
    ? { headers }
    : {
        data: json,
        headers: { 'Content-Type': 'application/json', ...headers },
      };
}
