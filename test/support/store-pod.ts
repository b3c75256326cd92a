import {
  KopoKopoModule,
  MemoryTokenStore,
  TokenService,
} from '../../lib/index.js';
import type { KopoKopoSandbox } from '../../lib/testing/index.js';
import { boot, type LogBook, QUIET } from './boot.js';

type Given = Partial<Parameters<typeof KopoKopoModule.forRoot>[0]>;

/** An app that shares its token through `store`, and beats often. */
export async function pod(
  sandbox: KopoKopoSandbox,
  store: MemoryTokenStore,
  given: Given = {},
  log: LogBook | false = false,
) {
  const token = { ...QUIET.token, store, beat: 20, lapse: 200, ...given.token };
  const app = await boot(
    KopoKopoModule.forRoot({
      ...sandbox.moduleOptions,
      timeout: 300,
      ...given,
      token,
    }),
    log,
  );
  return { app, tokens: app.get(TokenService) };
}
