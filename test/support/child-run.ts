import { expect } from '@jest/globals';
import type { KopoKopoModuleOptions } from '../../lib/index.js';
import type { KopoKopoSandbox } from '../../lib/testing/index.js';
import {
  ChildApp,
  type ChildAppSettings,
  type ChildExit,
} from './child-app.js';
import { PATIENCE } from './patience.js';

/** A child app that talks to this sandbox; the token is in hand once it is ready. */
export function childOf(
  sandbox: KopoKopoSandbox,
  settings: Omit<ChildAppSettings, 'options'>,
  options: Pick<KopoKopoModuleOptions, 'shutdown' | 'timeout' | 'token'> = {},
): ChildApp {
  return new ChildApp({
    ...settings,
    options: {
      ...sandbox.moduleOptions,
      ...options,
      token: { prefetch: 'required', ...options.token },
    },
  });
}

/** The app ends of itself within the budget, in milliseconds, and its log holds no credential. */
export async function expectEnd(
  app: ChildApp,
  sandbox: KopoKopoSandbox,
  end: Partial<ChildExit>,
  budget = 0,
): Promise<void> {
  expect(await app.exited(budget + PATIENCE)).toEqual({
    code: null,
    signal: null,
    ...end,
  });
  expect(app.leaks(sandbox)).toEqual([]);
}

export const REVOKED = 'Revoked 1 access token on shutdown.';
