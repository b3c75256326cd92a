import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { KopoKopoModule } from 'nestjs-kopokopo';
import { kopokopoConfig } from 'nestjs-kopokopo/config';
import { LocalSandboxModule } from './local-sandbox.module.js';
import { TokenController } from './token/token.controller.js';
import { TokenDesk } from './token/token-desk.service.js';

@Module({
  imports: [
    ConfigModule.forRoot(),
    // For a machine without credentials. In an app of your own, delete this line and its file.
    LocalSandboxModule.unlessConfigured(),
    KopoKopoModule.forRootAsync(kopokopoConfig.asProvider()),
  ],
  controllers: [TokenController],
  providers: [TokenDesk],
})
export class AppModule {}
