require('reflect-metadata');
const assert = require('node:assert/strict');
const { test } = require('node:test');
const { NestFactory } = require('@nestjs/core');
const { KopoKopoModule, TokenService } = require('nestjs-kopokopo');
const { KopoKopoSandbox } = require('nestjs-kopokopo/testing');

test('a CommonJS app boots, gets a token and revokes it', async () => {
  const sandbox = await KopoKopoSandbox.start();
  const app = await NestFactory.createApplicationContext(
    {
      module: class Root {},
      imports: [KopoKopoModule.forRoot(sandbox.moduleOptions)],
    },
    { logger: false },
  );
  await app.get(TokenService).getToken();
  assert.equal(sandbox.liveTokens.length, 1);
  await app.close();
  assert.deepEqual(sandbox.liveTokens, []);
  await sandbox.stop();
});
