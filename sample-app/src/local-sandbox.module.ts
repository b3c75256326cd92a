import {
  type DynamicModule,
  Logger,
  Module,
  type OnApplicationShutdown,
  Optional,
} from '@nestjs/common';
import { KopoKopoSandbox } from 'nestjs-kopokopo/testing';

const logger = new Logger('LocalSandbox');

/**
 * A Kopo Kopo inside this process, so that the app runs on a machine without credentials.
 */
@Module({})
export class LocalSandboxModule implements OnApplicationShutdown {
  constructor(@Optional() private readonly sandbox?: KopoKopoSandbox) {}

  /** Stands after `ConfigModule.forRoot()`, which reads `.env`. */
  static async unlessConfigured(): Promise<DynamicModule> {
    if (process.env.KOPOKOPO_CLIENT_ID) return { module: LocalSandboxModule };
    const sandbox = await KopoKopoSandbox.start({
      // A customer who pays after a while, so that a person can see both states.
      autoComplete: { after: 8_000, outcome: 'success' },
    });
    delete process.env.KOPOKOPO_ENVIRONMENT;
    delete process.env.KOPOKOPO_CLIENT_SECRETS;
    process.env.KOPOKOPO_BASE_URL = sandbox.url;
    process.env.KOPOKOPO_CLIENT_ID = sandbox.clientId;
    process.env.KOPOKOPO_CLIENT_SECRET = sandbox.clientSecret;
    process.env.SHOP_TILL_NUMBER ??= 'K700001';
    process.env.KOPOKOPO_API_KEY = sandbox.apiKey;
    process.env.KOPOKOPO_WEBHOOKS_PUBLIC_URL = `http://127.0.0.1:${process.env.PORT ?? 3000}`;
    logger.log(
      `KOPOKOPO_CLIENT_ID is not set: Kopo Kopo is played by a sandbox in this process (${sandbox.url}).`,
    );
    return {
      module: LocalSandboxModule,
      // Nest shuts global modules down last: the token is revoked before the sandbox stops.
      global: true,
      providers: [{ provide: KopoKopoSandbox, useValue: sandbox }],
      exports: [KopoKopoSandbox],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.sandbox === undefined) return;
    const live = this.sandbox.liveTokens.length;
    logger.log(`The sandbox counts ${live} live tokens and stops.`);
    await this.sandbox.stop();
  }
}
