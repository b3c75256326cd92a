import {
  KopoKopoHttpService,
  KopoKopoModule,
  TokenService,
} from '../../dist/esm/index.js';
import { NestFactory } from '@nestjs/core';
import { Agent } from 'node:http';

export const title = 'nestjs-kopokopo';
export const packages = [];
export const caches = true;
export const notes = [
  'Defaults, but for `prefetch: off`, so that the measures begin without a token.',
];

export async function open({ origin, clientId, clientSecret }) {
  const app = await NestFactory.createApplicationContext(
    KopoKopoModule.forRoot({
      baseUrl: origin,
      clientId,
      clientSecret,
      token: { prefetch: 'off' },
      http: { httpAgent: new Agent({ keepAlive: true }) },
    }),
    { logger: false },
  );
  const tokens = app.get(TokenService);
  const http = app.get(KopoKopoHttpService);
  return {
    get: () => tokens.getToken(),
    peek: () => tokens.peekToken(),
    call: () => http.get('/ping'),
    tokens,
  };
}
