import axios from 'axios';
import { clientCredentials } from 'axios-oauth-client';
import tokenProvider from 'axios-token-interceptor';
import { Agent } from 'node:http';

export const title = 'axios-oauth-client + axios-token-interceptor';
export const packages = ['axios-oauth-client', 'axios-token-interceptor'];
export const caches = true;
export const notes = [
  '`tokenCache` with `getMaxAge` as in its README; renews only once the token has expired, so at 60 s of life it has nothing to do yet.',
];

export async function open({ origin, clientId, clientSecret }) {
  const mint = clientCredentials(
    axios.create(),
    `${origin}/oauth/token`,
    clientId,
    clientSecret,
  );
  const get = tokenProvider.tokenCache(() => mint(), {
    getMaxAge: ({ expires_in }) => expires_in * 1_000,
  });
  const instance = axios.create({
    baseURL: `${origin}/api/v2`,
    httpAgent: new Agent({ keepAlive: true }),
  });
  instance.interceptors.request.use(
    tokenProvider({
      getToken: get,
      headerFormatter: ({ access_token }) => `Bearer ${access_token}`,
    }),
  );
  return { get, call: () => instance.get('/ping') };
}
