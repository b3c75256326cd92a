import { ApplicationRegistry } from './application.registry.js';
import { FaultQueue } from './fault.queue.js';
import { LocalServer } from './local.server.js';
import { RequestHandler } from './request.handler.js';
import { RequestLog } from './request.log.js';
import type { KopoKopoSandboxOptions } from './sandbox-options.types.js';
import type { SandboxWorld } from './sandbox.world.js';
import { ResourceDesk } from './states/resource.desk.js';
import { TokenRegistry } from './token.registry.js';

/** The parts of a sandbox, put together. @internal */
export class SandboxBackend {
  readonly world: SandboxWorld;
  readonly log = new RequestLog();
  readonly faults = new FaultQueue();
  readonly #server: LocalServer;
  readonly #handler: RequestHandler;
  #stopped?: Promise<void>;

  private constructor(
    server: LocalServer,
    applications: ApplicationRegistry,
    options: KopoKopoSandboxOptions,
  ) {
    const { latency = 0, api = 'kopokopo' } = options;
    this.#server = server;
    this.world = {
      url: server.url,
      api,
      applications,
      tokens: new TokenRegistry({
        lifetime: options.tokenLifetime ?? 3600,
        reuse: options.reuseAccessToken ?? false,
        revokePrevious: options.revokePreviousTokens ?? false,
      }),
      created: [],
      desk: new ResourceDesk(applications, options),
    };
    this.#handler = new RequestHandler({
      world: this.world,
      log: this.log,
      faults: this.faults,
      latency: typeof latency === 'function' ? latency : () => latency,
    });
    server.serve(
      (request, response) => void this.#handler.handle(request, response),
      () => this.log.addConnection(),
    );
  }

  static async start(options: KopoKopoSandboxOptions): Promise<SandboxBackend> {
    const { host = '127.0.0.1', port = 0 } = options;
    const applications = new ApplicationRegistry(options.applications);
    const server = await LocalServer.listen(host, port);
    return new SandboxBackend(server, applications, options);
  }

  release(): void {
    this.#handler.release();
  }

  reset(): void {
    this.#handler.drop();
    this.faults.clear('all');
    this.log.clear();
    this.world.tokens.clear();
    this.world.created.length = 0;
    this.world.desk.clear();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#close();
    return this.#stopped;
  }

  #close(): Promise<void> {
    const why = 'the sandbox was stopped';
    this.log.failWaiters(why);
    this.world.desk.close(why);
    this.#handler.drop();
    return this.#server.close();
  }
}
