import type { HttpModuleOptions } from '@nestjs/axios';
import axios from 'axios';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { KopoKopoConfigurationError } from '../errors/configuration.error.js';

/** First axios that reaches an https origin through a tunnel; older ones hand the proxy everything in clear. */
const FIRST_TUNNEL = [1, 16, 1];

/**
 * The private axios instance: pinned origin, no redirects, no proxy from the environment, answers as
 * text for our own strict parser. Everything axios knows is set, so that no default decides.
 *
 * @throws KopoKopoConfigurationError for a proxy that the installed axios can't keep a secret from
 * @internal
 */
export function httpOptions(
  { http, origin, userAgent }: ResolvedOptions,
  axiosVersion: string = axios.VERSION,
): HttpModuleOptions {
  const { httpAgent, httpsAgent, proxy } = http.reveal();
  if (proxy && origin.startsWith('https:') && !tunnels(axiosVersion)) {
    throw new KopoKopoConfigurationError(
      `http.proxy needs axios ${FIRST_TUNNEL.join('.')} or later (installed: ${axiosVersion}): older ones show the proxy every secret. Update axios, or set http.httpsAgent to a tunnelling agent.`,
    );
  }
  return {
    adapter: 'http',
    baseURL: origin,
    allowAbsoluteUrls: false,
    maxRedirects: 0,
    maxBodyLength: Infinity,
    proxy: proxy ?? false,
    httpAgent,
    httpsAgent,
    responseType: 'text',
    responseEncoding: 'utf8',
    decompress: true,
    transformRequest: [(data: unknown) => data],
    transformResponse: [(data: unknown) => data],
    validateStatus: (status) => status >= 200 && status < 300,
    headers: { 'User-Agent': userAgent, Accept: 'application/json' },
  };
}

function tunnels(version: string): boolean {
  const parts = version.split('.').map((part) => Number.parseInt(part, 10));
  for (const [place, least] of FIRST_TUNNEL.entries()) {
    const part = parts[place] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}
