import { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client';

export const title = '@badgateway/oauth2-client';
export const packages = ['@badgateway/oauth2-client'];
export const caches = true;
export const notes = [
  '`OAuth2Fetch` with `getNewToken`; renews only once the token has expired, so at 60 s of life it has nothing to do yet.',
];

export async function open({ origin, clientId, clientSecret }) {
  const client = new OAuth2Client({
    server: origin,
    clientId,
    clientSecret,
    tokenEndpoint: '/oauth/token',
    authenticationMethod: 'client_secret_post',
  });
  const wrapper = new OAuth2Fetch({
    client,
    getNewToken: () => client.clientCredentials(),
  });
  return {
    get: () => wrapper.getAccessToken(),
    call: async () => {
      const response = await wrapper.fetch(`${origin}/api/v2/ping`);
      if (!response.ok) throw new Error(`answered ${response.status}`);
      return response.json();
    },
  };
}
