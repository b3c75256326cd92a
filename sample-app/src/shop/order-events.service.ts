import {
  Injectable,
  type MessageEvent,
  type OnModuleDestroy,
} from '@nestjs/common';
import {
  distinctUntilChanged,
  map,
  type Observable,
  Subject,
  switchMap,
  takeUntil,
  takeWhile,
  timer,
} from 'rxjs';
import { OrdersService } from './orders.service.js';

/** Milliseconds between two looks into the book, which another instance may write. */
const PAUSE = 500;

/** The states of an order, as a browser's `EventSource` reads them. */
@Injectable()
export class OrderEvents implements OnModuleDestroy {
  private readonly closing = new Subject<void>();

  constructor(private readonly orders: OrdersService) {}

  /** Each state once, until there is none to come. */
  of(order: string): Observable<MessageEvent> {
    return timer(0, PAUSE).pipe(
      switchMap(() => this.orders.find(order)),
      distinctUntilChanged((one, other) => one.state === other.state),
      takeWhile(({ state }) => state === 'asked', true),
      map((data) => ({ data })),
      takeUntil(this.closing),
    );
  }

  /** An open stream would keep the server from closing. */
  onModuleDestroy(): void {
    this.closing.next();
  }
}
