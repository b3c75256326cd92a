import {
  ClientSecretPost,
  Configuration,
  allowInsecureRequests,
  clientCredentialsGrant,
} from 'openid-client';

export const title = 'openid-client';
export const packages = ['openid-client'];
export const caches = false;
export const notes = ['Keeps no token: a call for each get.'];

export async function open({ origin, clientId, clientSecret }) {
  const config = new Configuration(
    { issuer: origin, token_endpoint: `${origin}/oauth/token` },
    clientId,
    clientSecret,
    ClientSecretPost(clientSecret),
  );
  allowInsecureRequests(config);
  return { get: () => clientCredentialsGrant(config) };
}
