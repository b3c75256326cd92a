import { ConfidentialClientApplication } from '@azure/msal-node';

export const title = '@azure/msal-node';
export const packages = ['@azure/msal-node'];
export const caches = true;
export const notes = [
  'Takes https only: its `networkClient` hook sends `https://login.bench` to the loopback server with `fetch`; authority metadata are given, so nothing is discovered.',
];

const AUTHORITY = 'https://login.bench/tenant';

export async function open({ origin, clientId, clientSecret }) {
  const client = new ConfidentialClientApplication({
    auth: {
      clientId,
      clientSecret,
      authority: AUTHORITY,
      knownAuthorities: ['login.bench'],
      authorityMetadata: JSON.stringify({
        issuer: AUTHORITY,
        authorization_endpoint: `${AUTHORITY}/oauth/authorize`,
        token_endpoint: `${AUTHORITY}/oauth/token`,
        jwks_uri: `${AUTHORITY}/keys`,
      }),
    },
    system: { networkClient: networkTo(origin) },
  });
  const request = { scopes: ['api://bench/.default'] };
  return { get: () => client.acquireTokenByClientCredential(request) };
}

function networkTo(origin) {
  const send = async (url, init) => {
    const path = new URL(url).pathname.replace('/tenant', '');
    const response = await fetch(origin + path, init);
    return {
      headers: Object.fromEntries(response.headers),
      body: await response.json(),
      status: response.status,
    };
  };
  return {
    sendGetRequestAsync: (url, { headers } = {}) => send(url, { headers }),
    sendPostRequestAsync: (url, { headers, body } = {}) =>
      send(url, { method: 'POST', headers, body }),
  };
}
