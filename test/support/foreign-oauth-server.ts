import { jest } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ForeignOAuthServer {
  url: string;
  /** Path and status of every request answered until now. */
  answered: string[];
  stop(): Promise<void>;
}

/** oidc-provider on loopback, with Kopo Kopo's paths: an OAuth server that this project did not write. */
export async function startForeignOAuthServer(client: {
  clientId: string;
  clientSecret: string;
}): Promise<ForeignOAuthServer> {
  const silenced = [
    jest.spyOn(console, 'warn').mockReturnValue(undefined),
    jest.spyOn(console, 'info').mockReturnValue(undefined),
  ];
  const { Provider } = await import('oidc-provider');
  const server = createServer();
  await new Promise<void>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve()),
  );
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const answer = new Provider(url, configuration(client)).callback();
  const answered: string[] = [];
  server.on('request', (request, response) => {
    response.on('finish', () =>
      answered.push(`${request.url} ${response.statusCode}`),
    );
    answer(request, response);
  });
  return {
    url,
    answered,
    stop: () =>
      new Promise((resolve) => {
        silenced.forEach((spy) => spy.mockRestore());
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function configuration(client: {
  clientId: string;
  clientSecret: string;
}): object {
  return {
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        token_endpoint_auth_method: 'client_secret_post',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    routes: {
      token: '/oauth/token',
      revocation: '/oauth/revoke',
      introspection: '/oauth/introspect',
    },
    features: {
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      devInteractions: { enabled: false },
    },
    ttl: { ClientCredentials: 1_800 },
  };
}
