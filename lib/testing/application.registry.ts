import { randomBytes } from 'node:crypto';
import type { SandboxApplication } from './sandbox-options.types.js';

/** An application with the secrets that are accepted now. @internal */
export interface KnownApplication {
  readonly clientId: string;
  readonly apiKey: string;
  secrets: readonly string[];
}

/** The applications that may ask for tokens. @internal */
export class ApplicationRegistry {
  readonly first: KnownApplication;
  readonly #known = new Map<string, KnownApplication>();

  constructor(given: readonly SandboxApplication[] = [randomApplication()]) {
    for (const { clientId, clientSecret, apiKey } of given) {
      if (this.#known.has(clientId)) {
        throw new Error(
          'KopoKopoSandbox: two applications have the same clientId.',
        );
      }
      this.#known.set(clientId, {
        clientId,
        apiKey: apiKey ?? recognisable('apikey'),
        secrets: [clientSecret].flat(),
      });
    }
    const [first] = this.#known.values();
    if (!first) {
      throw new Error('KopoKopoSandbox: applications must name at least one.');
    }
    this.first = first;
  }

  accepts(clientId: string, secret: string): boolean {
    return this.#known.get(clientId)?.secrets.includes(secret) === true;
  }

  rotate(clientId: string, secrets: string | readonly string[]): void {
    const application = this.#known.get(clientId);
    if (!application) {
      throw new Error('KopoKopoSandbox: no application has this clientId.');
    }
    application.secrets = [secrets].flat();
  }
}

function randomApplication(): SandboxApplication {
  return {
    clientId: recognisable('client'),
    clientSecret: recognisable('secret'),
  };
}

// A name in front, so that a value found in a log tells where it comes from.
function recognisable(what: string): string {
  return `sandbox-${what}-${randomBytes(16).toString('hex')}`;
}
