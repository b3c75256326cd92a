import { describe, expect, it } from '@jest/globals';
import { MemoryTokenStore } from '../../lib/index.js';
import { tokenStoreContract } from '../../lib/testing/index.js';
import { ownTime } from '../support/own-time.js';

describe('MemoryTokenStore keeps the contract:', () => {
  it.each(tokenStoreContract())('$name', ({ run }) =>
    run(() => new MemoryTokenStore()),
  );
});

describe('MemoryTokenStore on a clock of the test keeps the contract:', () => {
  it.each(tokenStoreContract())('$name', async ({ run }) => {
    let now = 0;
    const took = await ownTime(() =>
      run(() => new MemoryTokenStore(() => now), {
        advance: (milliseconds) => void (now += milliseconds),
      }),
    );
    expect(took).toBeLessThan(2_000);
  });
});
