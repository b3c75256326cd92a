import { Controller, Get } from '@nestjs/common';
import {
  HealthCheck,
  type HealthCheckResult,
  HealthCheckService,
} from '@nestjs/terminus';
import { checkKopoKopoHealth, TokenService } from 'nestjs-kopokopo';

@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly tokens: TokenService,
  ) {}

  /** 200 while a valid token is held or can be had, 503 otherwise. */
  @Get()
  @HealthCheck()
  check(): Promise<HealthCheckResult> {
    return this.health.check([() => checkKopoKopoHealth(this.tokens)]);
  }
}
