import { OAuth2Client } from 'google-auth-library';

export const title = 'google-auth-library';
export const packages = ['google-auth-library'];
export const caches = true;
export const notes = [
  'Has no client credentials grant: `OAuth2Client` renews with a refresh token, which the server answers alike. `forceRefreshOnFailure` is on. The newest version that runs on Node 20.',
];

export async function open({ origin, clientId, clientSecret }) {
  const client = new OAuth2Client({
    clientId,
    clientSecret,
    endpoints: { oauth2TokenUrl: `${origin}/oauth/token` },
    forceRefreshOnFailure: true,
  });
  client.setCredentials({ refresh_token: 'bench' });
  return {
    get: () => client.getAccessToken(),
    call: () => client.request({ url: `${origin}/api/v2/ping` }),
  };
}
