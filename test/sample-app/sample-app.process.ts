import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KopoKopoSandbox } from '../../lib/testing/index.js';
import { freePort } from '../support/redis-server.js';
import { bundled } from '../support/bundled.js';
import { TalkingProcess, type Variables } from './talking.process.js';

/** The built sample app. */
export const MAIN = fileURLToPath(
  new URL('../../dist/sample-app/main.js', import.meta.url),
);

/** Variables that lead the app to a Kopo Kopo outside its process. */
export function accountOf(sandbox: KopoKopoSandbox): Variables {
  return {
    KOPOKOPO_BASE_URL: sandbox.url,
    KOPOKOPO_CLIENT_ID: sandbox.clientId,
    KOPOKOPO_CLIENT_SECRET: sandbox.clientSecret,
    KOPOKOPO_API_KEY: sandbox.apiKey,
  };
}

/** One request, with a JSON body if there is one. */
export async function call(
  method: string,
  url: string,
  body?: object,
): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(url, {
    method,
    ...(body && {
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    body: text && (JSON.parse(text) as object),
  };
}

/** The built sample app in a process of its own, on a free port. */
export class SampleApp extends TalkingProcess {
  #url = '';

  private constructor(variables: Variables) {
    if (!existsSync(MAIN)) {
      throw new Error(
        'The sample app is not built: npm run build && npm run build:sample',
      );
    }
    // So that no .env of a developer is read.
    super(bundled(MAIN), dirname(MAIN), { PORT: '0', ...variables });
  }

  /** Without waiting for anything. */
  static launch(variables: Variables): SampleApp {
    return new SampleApp(variables);
  }

  /** Resolves when it listens and holds a token. */
  static async start(variables: Variables = {}): Promise<SampleApp> {
    const { PORT = String(await freePort()) } = variables;
    const app = new SampleApp({
      ...variables,
      PORT,
      ...(variables.KOPOKOPO_API_KEY && {
        KOPOKOPO_WEBHOOKS_PUBLIC_URL: `http://127.0.0.1:${PORT}`,
      }),
    });
    try {
      [, app.#url = ''] = await app.said(/Listening on (\S+)/);
      await app.said(/Got the access token/);
      return app;
    } catch (error) {
      await app[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The URL of a path. */
  at(path: string): string {
    return this.#url + path;
  }

  /** One request, with a JSON body if there is one. */
  call(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; body: unknown }> {
    return call(method, this.#url + path, body);
  }
}
