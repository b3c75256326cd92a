import 'reflect-metadata';
import { createServer } from 'node:http';
import { once } from 'node:events';

/** Options of a module that asks once and does not pause. */
export const QUICK = {
  timeout: 1_000,
  token: { prefetch: 'off', mintAttempts: 1, cooldownMin: 1, cooldownMax: 1 },
};

/** A loopback server that answers as it is told. */
export async function serve(answer) {
  const server = createServer((request, response) => {
    request.resume().on('end', () => answer(request, response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.closeAllConnections();
      return new Promise((closed) => server.close(closed));
    },
  };
}

/** What a promise rejects with. */
export function failureOf(promise) {
  return promise.then(
    () => {
      throw new Error('It was expected to fail and did not.');
    },
    (error) => error,
  );
}
