import { describe, expect, it } from '@jest/globals';
import { KopoKopoHttpService } from '../../lib/index.js';
import { resolveOptions } from '../../lib/config/options.resolver.js';
import { AccessToken } from '../../lib/token/access-token.js';
import { RejectionThrottle } from '../../lib/token/rejection-throttle.js';
import { openShop } from '../support/boot.js';
import { eventually } from '../support/redis-fleet.js';
import { VirtualRuntime } from '../support/virtual-runtime.js';

const OPTIONS = resolveOptions({
  baseUrl: 'http://127.0.0.1:1',
  clientId: 'cl_throttle',
  clientSecret: 'not-told',
});

function world() {
  const runtime = new VirtualRuntime();
  const throttle = new RejectionThrottle(OPTIONS, runtime);
  const issue = (value: string): AccessToken =>
    new AccessToken(
      {
        value,
        scopes: [],
        lifetime: 3_600_000,
        startedAt: runtime.clock.now(),
      },
      runtime.clock,
    );
  return { runtime, throttle, issue, now: () => runtime.clock.now() };
}

describe('the throttle of rejected tokens', () => {
  it('counts a token once, however many calls were rejected with it', async () => {
    const { runtime, throttle, issue, now } = world();
    const since = now();
    const fresh = issue('fresh');
    for (let call = 0; call < 20; call++) {
      expect(throttle.mayReplace(fresh, since)).toBe(false);
    }
    await runtime.sleep(999);
    expect(throttle.mayReplace(fresh, now())).toBe(false);
    await runtime.sleep(1);
    expect(throttle.mayReplace(fresh, now())).toBe(true);
  });

  it('counts a token once, though others were rejected in between', async () => {
    const { runtime, throttle, issue, now } = world();
    const tokens = [issue('one'), issue('other')];
    for (let call = 0; call < 20; call++) {
      throttle.rejectedNew(tokens[call % 2]!);
    }
    await runtime.sleep(2_000);
    expect(throttle.mayReplace(tokens[0]!, now())).toBe(true);
  });

  it('waits twice as long for each further token that is rejected, up to a minute', async () => {
    const { runtime, throttle, issue, now } = world();
    const pauses: number[] = [];
    for (let number = 0; number < 8; number++) {
      const token = issue(`token ${number}`);
      throttle.rejectedNew(token);
      const begun = now();
      while (!throttle.mayReplace(token, now())) await runtime.sleep(500);
      pauses.push((now() - begun) / 1_000);
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  });

  it('forgets with the first success: the next rejected token is replaced at once', async () => {
    const { runtime, throttle, issue, now } = world();
    for (let number = 0; number < 6; number++) {
      throttle.rejectedNew(issue(`token ${number}`));
    }
    throttle.succeeded();
    const token = issue('later');
    await runtime.sleep(1);
    expect(throttle.mayReplace(token, now())).toBe(true);
  });

  it('replaces a token at most once a second where young ones are rejected without end', async () => {
    const { runtime, throttle, issue, now } = world();
    for (let number = 0; number < 10; number++) {
      throttle.dropped(issue(`token ${number}`));
      throttle.succeeded();
    }
    const token = issue('next');
    await runtime.sleep(999);
    expect(throttle.mayReplace(token, now())).toBe(false);
    await runtime.sleep(1);
    expect(throttle.mayReplace(token, now())).toBe(true);
  });
});

describe('a token that the server revokes once', () => {
  it('under 20 callers for whom it was issued costs one further token request, and all calls work again', async () => {
    await using shop = await openShop();
    const http = shop.app.get(KopoKopoHttpService);
    shop.sandbox.failNext('api', { kind: 'status', status: 401 }, 20);
    const calls = Array.from({ length: 20 }, () => http.get('ping'));
    await Promise.allSettled(calls);
    shop.sandbox.revokeAllTokens();
    await eventually('a call works again', () =>
      http.get('ping').then(
        () => true,
        () => false,
      ),
    );
    const after = Array.from({ length: 20 }, () => http.post('send_money', {}));
    await expect(Promise.all(after)).resolves.toHaveLength(20);
    expect(shop.sandbox.counters.token).toBe(2);
  });

  it('after an incident that is over is replaced at once: no POST fails', async () => {
    await using shop = await openShop();
    const http = shop.app.get(KopoKopoHttpService);
    await http.get('ping');
    // The incident: a token and its successor are rejected.
    shop.sandbox.failNext('api', { kind: 'status', status: 401 }, 2);
    await expect(http.post('send_money', {})).rejects.toThrow('401');
    await http.get('ping');
    shop.sandbox.revokeAllTokens();
    await expect(http.post('send_money', {})).resolves.toMatchObject({
      status: 201,
    });
  });
});
