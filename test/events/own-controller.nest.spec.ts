import { Controller, Module, Post, type Type, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import {
  KopoKopoDelivered,
  type KopoKopoDelivery,
  KopoKopoErrorFilter,
  KopoKopoModule,
  KopoKopoSignatureGuard,
} from '../../lib/index.js';
import { HTTP_PLATFORMS, listen } from '../support/http-platforms.js';
import { buygoods, deliver } from './deliver.js';
import { QUIET_OPTIONS } from './shop-app.js';

@Controller()
class HookController {
  @Post('hooks')
  @UseGuards(KopoKopoSignatureGuard)
  take(@KopoKopoDelivered() { kind, account, key }: KopoKopoDelivery): object {
    return { kind, account, key };
  }

  @Post('unguarded')
  unguarded(@KopoKopoDelivered() delivery: KopoKopoDelivery): object {
    return delivery;
  }
}

@Module({
  imports: [
    KopoKopoModule.forRoot(QUIET_OPTIONS),
    KopoKopoModule.forRoot({ ...QUIET_OPTIONS, name: 'b', apiKey: 'key-b' }),
    KopoKopoModule.forRoot({ ...QUIET_OPTIONS, name: 'c', apiKey: undefined }),
  ],
  controllers: [HookController],
})
class Shop {}

/** Its account is asked first, and the key is out of reach. */
@Module({
  imports: [
    KopoKopoModule.forRoot({
      ...QUIET_OPTIONS,
      name: 'a',
      apiKey: () => Promise.reject(new Error('vault')),
    }),
    Shop,
  ],
})
class ShopWithVault {}

describe.each(HTTP_PLATFORMS)(
  'A controller behind KopoKopoSignatureGuard on $platform',
  ({ adapter }) => {
    async function start(rawBody: boolean, module: Type = Shop) {
      const options = { logger: false, rawBody } as const;
      const app = await NestFactory.create(module, adapter(), options);
      app.useGlobalFilters(new KopoKopoErrorFilter());
      const url = await listen(app);
      return { url, [Symbol.asyncDispose]: () => app.close() };
    }

    it('is given what any account has signed, and nothing else', async () => {
      await using shop = await start(true);
      const url = `${shop.url}/hooks`;
      for (const [key, account] of [
        [undefined, 'default'],
        ['key-b', 'b'],
      ] as const) {
        const answer = await deliver(url, buygoods(), key ? { key } : {});
        expect(answer.status).toBe(201);
        expect(JSON.parse(answer.body)).toEqual({
          kind: 'webhook',
          account,
          key: 'webhook:evt-1',
        });
      }
      const wrong = await deliver(url, buygoods(), { key: 'none' });
      expect(wrong.status).toBe(401);
      expect((await deliver(url, '[]')).status).toBe(400);
    });

    it('tries the other accounts where the key of one is out of reach, and refuses nothing for good then', async () => {
      await using shop = await start(true, ShopWithVault);
      const url = `${shop.url}/hooks`;
      expect((await deliver(url, buygoods())).status).toBe(201);
      expect((await deliver(url, buygoods(), { key: 'none' })).status).toBe(
        503,
      );
    });

    it('says what is missing: the bytes, or the guard', async () => {
      await using shop = await start(false);
      const bare = await deliver(`${shop.url}/hooks`, buygoods());
      expect(bare.status).toBe(500);
      await using raw = await start(true);
      const open = await deliver(`${raw.url}/unguarded`, buygoods());
      expect(open.status).toBe(500);
      expect(open.body).not.toContain('Wanjiru');
    });
  },
);
