import type { ApplicationRegistry } from './application.registry.js';
import type { SandboxAnswer } from './sandbox-answer.js';
import type { OpenRequest, SandboxCreation } from './sandbox-request.types.js';
import type { ResourceDesk } from './states/resource.desk.js';
import type { TokenRegistry } from './token.registry.js';

/** What the endpoints work on. @internal */
export interface SandboxWorld {
  /** Origin of the server, without a trailing slash. */
  readonly url: string;
  /** What `/api/**` is. */
  readonly api: 'kopokopo' | 'scripted';
  readonly applications: ApplicationRegistry;
  readonly tokens: TokenRegistry;
  readonly created: SandboxCreation[];
  readonly desk: ResourceDesk;
}

/** Does what a request asks for, and says what came of it. @internal */
export type SandboxEndpoint = (
  request: OpenRequest,
  world: SandboxWorld,
) => SandboxAnswer | Promise<SandboxAnswer>;

/** The same behind a live bearer, whose client is known. @internal */
export type ApiEndpoint = (
  request: OpenRequest,
  world: SandboxWorld,
  clientId: string,
) => SandboxAnswer | Promise<SandboxAnswer>;
