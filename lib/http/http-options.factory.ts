import type { HttpModuleOptions } from '@nestjs/axios';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';

/**
 * The private axios instance: pinned origin, no redirects, no proxy from the environment, answers as
 * text for our own strict parser.
 *
 * @internal
 */
export function httpOptions(options: ResolvedOptions): HttpModuleOptions {
  const { httpAgent, httpsAgent, proxy } = options.http;
  return {
    adapter: 'http',
    baseURL: options.origin,
    allowAbsoluteUrls: false,
    maxRedirects: 0,
    proxy: proxy ?? false,
    responseType: 'text',
    transformResponse: [(data: unknown) => data],
    validateStatus: (status) => status >= 200 && status < 300,
    headers: { 'User-Agent': options.userAgent, Accept: 'application/json' },
    ...(httpAgent === undefined ? {} : { httpAgent }),
    ...(httpsAgent === undefined ? {} : { httpsAgent }),
  };
}
