import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { type TokenEvent, TokenService } from 'nestjs-kopokopo';

/** Events that somebody should look at. */
const TROUBLE = new Set<TokenEvent['type']>([
  'renewal-failed',
  'served-while-failing',
  'revocation-failed',
  'secret-fallback',
  'store-lost',
]);

/** Writes what happens to the token into the log; a metric would be counted in the same place. */
@Injectable()
export class TokenJournal implements OnModuleInit {
  private readonly logger = new Logger(TokenJournal.name);

  constructor(private readonly tokens: TokenService) {}

  /** Before the first token is fetched, and until the process ends: the last event is `revoked`. */
  onModuleInit(): void {
    this.tokens.events.subscribe((event) => this.note(event));
  }

  /** Events hold no token and no secret, so they may be written as they are. */
  private note({ type, ...details }: TokenEvent): void {
    const facts = Object.keys(details).length > 0 && JSON.stringify(details);
    const line = facts ? `${type} ${facts}` : type;
    if (TROUBLE.has(type)) this.logger.warn(line);
    else this.logger.log(line);
  }
}
