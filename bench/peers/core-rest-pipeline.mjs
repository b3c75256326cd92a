import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createEmptyPipeline,
  createPipelineRequest,
} from '@azure/core-rest-pipeline';

export const title = '@azure/core-rest-pipeline';
export const packages = ['@azure/core-rest-pipeline'];
export const caches = true;
export const notes = [
  'Its token cycler is not exported and is loaded by its file; its credential asks the server with `fetch`. Calls go through `bearerTokenAuthenticationPolicy`, which takes https only: the scheme is changed behind it. The newest version that runs on Node 20.',
];

const SCOPES = ['bench'];

export async function open({ origin, clientId, clientSecret }) {
  const { createTokenCycler } = await import(
    new URL(
      'util/tokenCycler.js',
      import.meta.resolve('@azure/core-rest-pipeline'),
    )
  );
  const credential = {
    getToken: () => mint(origin, clientId, clientSecret),
  };
  const cycle = createTokenCycler(credential);
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(
    bearerTokenAuthenticationPolicy({ credential, scopes: SCOPES }),
  );
  const client = plainHttp(createDefaultHttpClient());
  const url = `${origin.replace('http:', 'https:')}/api/v2/ping`;
  return {
    get: () => cycle(SCOPES, {}),
    call: async () => {
      const request = createPipelineRequest({ url });
      const response = await pipeline.sendRequest(client, request);
      if (response.status !== 200) {
        throw new Error(`answered ${response.status}`);
      }
      return JSON.parse(response.bodyAsText);
    },
  };
}

async function mint(origin, clientId, clientSecret) {
  const response = await fetch(`${origin}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    }),
  });
  if (!response.ok) throw new Error(`answered ${response.status}`);
  const { access_token, expires_in } = await response.json();
  return {
    token: access_token,
    expiresOnTimestamp: Date.now() + expires_in * 1_000,
  };
}

function plainHttp(client) {
  return {
    sendRequest: (request) => {
      request.url = request.url.replace('https:', 'http:');
      request.allowInsecureConnection = true;
      return client.sendRequest(request);
    },
  };
}
