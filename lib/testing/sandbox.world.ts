import type { ApplicationRegistry } from './application.registry.js';
import type { SandboxAnswer } from './sandbox-answer.js';
import type { OpenRequest, SandboxCreation } from './sandbox-request.types.js';
import type { TokenRegistry } from './token.registry.js';

/** What the endpoints work on. @internal */
export interface SandboxWorld {
  /** Origin of the server, without a trailing slash. */
  readonly url: string;
  readonly applications: ApplicationRegistry;
  readonly tokens: TokenRegistry;
  readonly created: SandboxCreation[];
}

/** Does what a request asks for, and says what came of it. @internal */
export type SandboxEndpoint = (
  request: OpenRequest,
  world: SandboxWorld,
) => SandboxAnswer;
