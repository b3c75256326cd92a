import { afterEach, expect, it } from '@jest/globals';
import { useContainer } from 'class-validator';
import { KopoKopoModule } from '../../lib/index.js';
import { boot, failureOf, QUIET } from '../support/boot.js';

/** As `useContainer(app.select(AppModule))` leaves it once that app is closed. */
const CLOSED = {
  get(): never {
    throw new Error('Nest could not find the given provider.');
  },
};

afterEach(() =>
  useContainer({ get: (Type: new () => object) => new Type() } as never),
);

it("The module checks its options whatever container the app gave to class-validator's rules", async () => {
  useContainer(CLOSED);
  const good = {
    baseUrl: 'http://127.0.0.1:1',
    clientId: 'cl_container',
    clientSecret: 'not-told',
    ...QUIET,
  };
  const app = await boot(KopoKopoModule.forRoot(good));
  await app.close();
  const error = await failureOf(
    boot(KopoKopoModule.forRoot({ ...good, timeout: -1 })),
  );
  expect(error.message).toContain('timeout must be a whole number');
});
