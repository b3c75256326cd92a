import { Logger, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { KopoKopoErrorInterceptor } from 'nestjs-kopokopo';
import { AppModule } from './app.module.js';
import { CallsToTry } from './index/calls-to-try.service.js';

const logger = new Logger('SampleApp');
const app = await NestFactory.create(AppModule, { return503OnClosing: true });

// Without it, SIGTERM and Ctrl-C end the process before the token is given back.
app.enableShutdownHooks();
app.useGlobalPipes(
  new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true }),
);
app.useGlobalInterceptors(new KopoKopoErrorInterceptor());

const port = process.env.PORT ?? 3000;
try {
  // Nothing here asks who is calling, so it listens on loopback only.
  await app.listen(port, '127.0.0.1');
  const url = await app.getUrl();
  const calls = app.get(CallsToTry).at(url);
  logger.log(`Listening on ${url}`);
  logger.log(`Try, in another terminal:\n${calls.join('\n')}`);
} catch (error) {
  if ((error as { code?: string }).code !== 'EADDRINUSE') throw error;
  logger.error(
    `Port ${port} is taken. Stop what listens there, or choose another port: PORT=3001 npm start`,
  );
  await app.close();
  process.exitCode = 1;
}
