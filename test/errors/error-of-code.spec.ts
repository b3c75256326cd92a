import { expect, it } from '@jest/globals';
import { errorOfCode } from '../../lib/errors/error-of-code.js';
import {
  isKopoKopoError,
  MemoryTokenStore,
  type TokenStoreLease,
} from '../../lib/index.js';
import { failureOf, openShop, QUIET } from '../support/boot.js';

/** Names that every object knows. */
const INHERITED = Object.getOwnPropertyNames(Object.prototype);

it('A code that another process stored becomes an error of ours, whatever its text', () => {
  for (const code of [...INHERITED, '', 'KOPOKOPO_NEWER']) {
    const error = errorOfCode(code, 'It is said to fail.', {});
    expect(isKopoKopoError(error)).toBe(true);
    expect(error).toMatchObject({ code: 'KOPOKOPO_SERVER' });
  }
  expect(errorOfCode('KOPOKOPO_TIMEOUT', 'late', {})).toMatchObject({
    code: 'KOPOKOPO_TIMEOUT',
  });
});

it.each(['constructor', '__proto__', 'toString'])(
  'A pause of the fleet with the code %s rejects callers with an error of ours',
  async (code) => {
    class Pausing extends MemoryTokenStore {
      override async lease(
        ...args: Parameters<MemoryTokenStore['lease']>
      ): Promise<TokenStoreLease> {
        const coolDown = { remaining: 60_000, code };
        return { ...(await super.lease(...args)), granted: false, coolDown };
      }
    }
    await using shop = await openShop({
      token: { ...QUIET.token, store: new Pausing() },
    });
    const error = await failureOf(shop.tokens.getToken());
    expect(isKopoKopoError(error)).toBe(true);
  },
);
