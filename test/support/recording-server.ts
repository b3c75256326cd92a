import type { INestApplicationContext } from '@nestjs/common';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  KopoKopoClient,
  KopoKopoModule,
  type KopoKopoModuleOptions,
} from '../../lib/index.js';
import { boot } from './boot.js';

/** A request of the API as it came. */
export interface Recorded {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: unknown;
}

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

/** A Kopo Kopo that keeps what it is asked and answers what it is told. */
export interface RecordingServer extends AsyncDisposable {
  readonly url: string;
  /** Calls of the API, without those for tokens. */
  readonly requests: Recorded[];
  /** Makes the answer of each call. */
  answer: (request: Recorded) => Answer;
}

/** What a creation gets unless a test says otherwise. */
const CREATED_ID = '5af4c10a-f6de-4ac8-840d-42cb65454216';

export async function recordingServer(): Promise<RecordingServer> {
  const requests: Recorded[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = request.url!;
      const say = ({ status, headers, body }: Answer): void => {
        response.writeHead(status, headers);
        response.end(
          body === undefined || typeof body === 'string'
            ? body
            : JSON.stringify(body),
        );
      };
      if (path.startsWith('/oauth/')) {
        const body = { access_token: 'a'.repeat(43), expires_in: 3_600 };
        return say({ status: 200, body });
      }
      const text = Buffer.concat(chunks).toString();
      const recorded = {
        method: request.method!,
        path,
        headers: request.headers,
        body: text === '' ? undefined : (JSON.parse(text) as unknown),
      };
      requests.push(recorded);
      say(self.answer(recorded));
    });
  });
  await new Promise<void>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve()),
  );
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const self: RecordingServer = {
    url,
    requests,
    answer: ({ path }) => ({
      status: 201,
      headers: { location: `${url}${path}/${CREATED_ID}` },
    }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return self;
}

/** A client that talks to it. */
export async function clientOf(
  server: RecordingServer,
  options: Partial<KopoKopoModuleOptions> = {},
): Promise<{ app: INestApplicationContext; client: KopoKopoClient }> {
  const app = await boot(
    KopoKopoModule.forRoot({
      baseUrl: server.url,
      clientId: 'client',
      clientSecret: 'secret-of-the-client',
      shutdown: { revoke: false },
      ...options,
    }),
  );
  return { app, client: app.get(KopoKopoClient) };
}
