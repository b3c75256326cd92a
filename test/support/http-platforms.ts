import type { INestApplication } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';

export interface HttpPlatform {
  platform: string;
  adapter: () => AbstractHttpAdapter;
}

/** Both of Nest's HTTP adapters. */
export const HTTP_PLATFORMS: HttpPlatform[] = [
  { platform: 'Express', adapter: () => new ExpressAdapter() },
  { platform: 'Fastify', adapter: () => new FastifyAdapter() },
];

/** Starts to listen on loopback and gives the address. */
export async function listen(app: INestApplication): Promise<string> {
  await app.listen(0, '127.0.0.1');
  return app.getUrl();
}
