import type { HttpModuleOptions } from '@nestjs/axios';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { wireOf } from './http-agents.factory.js';

/**
 * The private axios instance: pinned origin, no redirects, agents of its own, no proxy from the
 * environment, answers as text for our own strict parser. Everything axios knows is set, so that no
 * default decides.
 *
 * @throws KopoKopoConfigurationError for agents and a proxy that don't go together
 * @internal
 */
export function httpOptions(options: ResolvedOptions): HttpModuleOptions {
  return {
    adapter: 'http',
    baseURL: options.origin,
    allowAbsoluteUrls: false,
    maxRedirects: 0,
    maxBodyLength: Infinity,
    ...wireOf(options),
    responseType: 'text',
    responseEncoding: 'utf8',
    decompress: true,
    transformRequest: [(data: unknown) => data],
    transformResponse: [(data: unknown) => data],
    validateStatus: (status) => status >= 200 && status < 300,
    headers: { 'User-Agent': options.userAgent, Accept: 'application/json' },
  };
}
