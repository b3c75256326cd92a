import { Logger, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { KopoKopoErrorInterceptor } from 'nestjs-kopokopo';
import { AppModule } from './app.module.js';

const app = await NestFactory.create(AppModule, { return503OnClosing: true });

// Without it, SIGTERM and Ctrl-C end the process before the token is given back.
app.enableShutdownHooks();
app.useGlobalPipes(
  new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true }),
);
app.useGlobalInterceptors(new KopoKopoErrorInterceptor());

// Nothing here asks who is calling, so it listens on loopback only.
await app.listen(process.env.PORT ?? 3000, '127.0.0.1');
new Logger('SampleApp').log(`Listening on ${await app.getUrl()}`);
