import { ClientCredentials } from 'simple-oauth2';

export const title = 'simple-oauth2';
export const packages = ['simple-oauth2'];
export const caches = true;
export const notes = [
  'Keeps no token itself; as its README shows, the token is held, renewed once `expired(300)` says so, and kept if that fails.',
];

const WINDOW = 300;

export async function open({ origin, clientId, clientSecret }) {
  const client = new ClientCredentials({
    client: { id: clientId, secret: clientSecret },
    auth: { tokenHost: origin, tokenPath: '/oauth/token' },
  });
  let held;
  return {
    get: async () => {
      if (held === undefined) {
        held = await client.getToken();
      } else if (held.expired(WINDOW)) {
        try {
          held = await client.getToken();
        } catch {
          // The README logs it and goes on with the token in hand.
        }
      }
      return held.token.access_token;
    },
  };
}
