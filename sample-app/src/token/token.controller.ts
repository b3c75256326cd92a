import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import type { TokenIntrospection, TokenStatus } from 'nestjs-kopokopo';
import { IntrospectTokenDto } from './introspect-token.dto.js';
import { TokenDesk, type TokenSummary } from './token-desk.service.js';

@Controller('token')
export class TokenController {
  constructor(private readonly desk: TokenDesk) {}

  /** What this process holds; nothing is sent to Kopo Kopo. */
  @Get()
  summary(): TokenSummary {
    return this.desk.summary();
  }

  /** Where it stands in its life, and what failed last; nothing is sent either. */
  @Get('status')
  status(): TokenStatus {
    return this.desk.status();
  }

  /** What Kopo Kopo says of a token: the one in the body, or the one this process holds. */
  @Post('introspect')
  @HttpCode(200)
  introspect(@Body() body?: IntrospectTokenDto): Promise<TokenIntrospection> {
    return this.desk.introspect(body?.token);
  }

  /** Puts a new token in the place of the present one. */
  @Post('renew')
  @HttpCode(200)
  renew(): Promise<TokenSummary> {
    return this.desk.renew();
  }

  /** Gives the token back; whoever needs one next gets a new one. */
  @Post('revoke')
  @HttpCode(204)
  revoke(): Promise<void> {
    return this.desk.revoke();
  }
}
