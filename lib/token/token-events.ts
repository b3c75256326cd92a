import { Injectable } from '@nestjs/common';
import { type Observable, Subject } from 'rxjs';
import { withoutContext } from '../time/no-context.js';
import type { TokenEvent } from './token-event.types.js';

/**
 * Where the token room says what happens.
 *
 * @internal
 */
@Injectable()
export class TokenEvents {
  private readonly subject = new Subject<TokenEvent>();

  get stream(): Observable<TokenEvent> {
    return this.subject.asObservable();
  }

  emit(event: TokenEvent): void {
    withoutContext(() => this.subject.next(event));
  }
}
