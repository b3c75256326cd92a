import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isLoopback } from '../loopback.address.js';
import type { SandboxDeliveryTargets } from '../sandbox-options.types.js';
import type { SignedDelivery } from './delivery.signature.js';
import type { SandboxDeliveryAttempt } from './sandbox-delivery.types.js';

const TIMEOUT_MS = 10_000;

/** Whether the sandbox may send something there. @internal */
export function maySendTo(
  url: string,
  targets: SandboxDeliveryTargets,
): boolean {
  return targets === 'any' || isLoopback(new URL(url).hostname);
}

/** Sends a delivery once, over a connection of its own that keeps no process alive. @internal */
export function sendOnce(
  url: string,
  { body, headers }: SignedDelivery,
  signal: AbortSignal,
): Promise<SandboxDeliveryAttempt> {
  const at = new Date();
  const target = new URL(url);
  const request = target.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve) => {
    const outgoing = request(target, {
      method: 'POST',
      agent: false,
      signal,
      timeout: TIMEOUT_MS,
      // A server on this machine has a certificate of its own making.
      rejectUnauthorized: !isLoopback(target.hostname),
      headers: { ...headers, 'Content-Length': body.length },
    });
    outgoing.once('socket', (socket) => socket.unref());
    outgoing.once('timeout', () =>
      outgoing.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)),
    );
    outgoing.on('error', ({ message }) => resolve({ at, error: message }));
    outgoing.once('response', (incoming) => {
      incoming.resume();
      incoming.once('error', ({ message }) => resolve({ at, error: message }));
      incoming.once('end', () => resolve({ at, status: incoming.statusCode }));
    });
    outgoing.end(body);
  });
}
