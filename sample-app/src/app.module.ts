import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { TerminusModule } from '@nestjs/terminus';
import { KopoKopoModule } from 'nestjs-kopokopo';
import { kopokopoConfig } from 'nestjs-kopokopo/config';
import { HealthController } from './health/health.controller.js';
import { CallsToTry } from './index/calls-to-try.service.js';
import { IndexController } from './index/index.controller.js';
import { LocalSandboxModule } from './local-sandbox.module.js';
import { PaymentsController } from './payments/payments.controller.js';
import { PaymentsService } from './payments/payments.service.js';
import { ShopModule } from './shop/shop.module.js';
import { TokenController } from './token/token.controller.js';
import { TokenDesk } from './token/token-desk.service.js';
import { TokenJournal } from './token/token-journal.service.js';

@Module({
  imports: [
    ConfigModule.forRoot(),
    // For a machine without credentials. In an app of your own, delete this line and its file.
    LocalSandboxModule.unlessConfigured(),
    KopoKopoModule.forRootAsync({
      ...kopokopoConfig.asProvider(),
      isGlobal: true,
    }),
    ShopModule,
    TerminusModule,
  ],
  controllers: [
    HealthController,
    IndexController,
    PaymentsController,
    TokenController,
  ],
  providers: [CallsToTry, PaymentsService, TokenDesk, TokenJournal],
})
export class AppModule {}
