import { spawnSync } from 'node:child_process';

/** Revocations that a process can't wait for any more. @internal */
export interface ExitRevocation {
  url: string;
  userAgent: string;
  /** One form for each token; they hold the client secret. */
  forms: readonly Readonly<Record<string, string>>[];
}

/** Reads the revocations from stdin, so that no secret stands in the list of processes. */
const SCRIPT = `
let text = '';
process.stdin.on('data', (part) => (text += part)).on('end', async () => {
  const { url, userAgent, forms } = JSON.parse(text);
  const revoked = await Promise.all(
    forms.map(async (form) => {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'User-Agent': userAgent, Accept: 'application/json' },
        body: new URLSearchParams(form),
        redirect: 'error',
      });
      return answer.ok;
    }),
  );
  process.exitCode = revoked.every(Boolean) ? 0 : 1;
});
`;

/**
 * Revokes tokens while `process.exit()` is under way, when nothing asynchronous runs any more: a short-lived
 * child process makes the calls. It knows no agent and no proxy of the app.
 *
 * @returns true if the server has taken them all
 * @internal
 */
export function revokeAtExit(
  revocation: ExitRevocation,
  timeout: number,
): boolean {
  const { NODE_EXTRA_CA_CERTS } = process.env;
  const { status } = spawnSync(process.execPath, ['-e', SCRIPT], {
    input: JSON.stringify(revocation),
    timeout,
    env: NODE_EXTRA_CA_CERTS === undefined ? {} : { NODE_EXTRA_CA_CERTS },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  return status === 0;
}
