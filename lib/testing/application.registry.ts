import { randomBytes } from 'node:crypto';
import type { SandboxApplication } from './sandbox-options.types.js';

/** An application with the secrets that are accepted now. @internal */
export interface KnownApplication {
  readonly clientId: string;
  readonly apiKey: string;
  /** Its tills; any till without it. */
  readonly tills: readonly string[] | undefined;
  secrets: readonly string[];
}

/** The applications that may ask for tokens. @internal */
export class ApplicationRegistry {
  readonly first: KnownApplication;
  readonly #known = new Map<string, KnownApplication>();

  constructor(given: readonly SandboxApplication[] = [randomApplication()]) {
    for (const { clientId, clientSecret, apiKey, tills } of given) {
      if (this.#known.has(clientId)) {
        throw new Error(
          'KopoKopoSandbox: two applications have the same clientId.',
        );
      }
      this.#known.set(clientId, {
        clientId,
        apiKey: apiKey ?? recognisable('apikey'),
        tills,
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
    this.find(clientId).secrets = [secrets].flat();
  }

  /** What an app needs to be this application. */
  credentialsOf(clientId: string): {
    clientId: string;
    clientSecret: string;
    apiKey: string;
  } {
    const { secrets, apiKey } = this.find(clientId);
    const [clientSecret] = secrets;
    if (clientSecret === undefined) {
      throw new Error('KopoKopoSandbox: this application may use no secret.');
    }
    return { clientId, clientSecret, apiKey };
  }

  /** Throws if no application has this client id. */
  find(clientId: string): KnownApplication {
    const application = this.#known.get(clientId);
    if (!application) {
      throw new Error('KopoKopoSandbox: no application has this clientId.');
    }
    return application;
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
