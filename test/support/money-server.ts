import { type AddressInfo, createServer, type Socket } from 'node:net';

/** What becomes of one arrival of a POST. */
export interface Arrival {
  status: number;
  /** Is it accepted? An honest server accepts nothing that it answers "rejected" to. */
  accepts: boolean;
  headers: Record<string, string>;
  body: string;
  /** Milliseconds before the answer. */
  delay: number;
  /**
   * - `whole`: the answer as it is, on a connection that is kept.
   * - `closed`: and the connection is closed behind it.
   * - `headless`, `headed`, `half`: the connection is cut before the answer, behind its head, in its body.
   * - `hang`: there is no answer.
   */
  ending: 'whole' | 'closed' | 'headless' | 'headed' | 'half' | 'hang';
}

/** A Kopo Kopo that does to each numbered POST what its script says, and counts what it created. */
export interface MoneyServer extends AsyncDisposable {
  readonly url: string;
  /** Number of a POST to what becomes of its arrivals; the last one is for all further ones. */
  readonly scripts: Map<number, readonly Arrival[]>;
  readonly arrivals: Map<number, number>;
  readonly created: Map<number, number>;
  /** Called once when a POST of this number has arrived. */
  readonly onArrival: Map<number, () => void>;
  /** Resolves when no connection has anything on its way. */
  quiet(): Promise<void>;
}

const NO_BODY = new Set([204, 304]);

/** Where the number of a POST stands; a settlement has no metadata. */
interface NumberedBody {
  number?: number;
  metadata?: { number?: number };
  destination_reference?: string;
}

function numberOf(body: NumberedBody): number {
  return (
    body.number ?? body.metadata?.number ?? Number(body.destination_reference)
  );
}

export async function moneyServer(): Promise<MoneyServer> {
  const scripts = new Map<number, readonly Arrival[]>();
  const arrivals = new Map<number, number>();
  const created = new Map<number, number>();
  const onArrival = new Map<number, () => void>();
  const sockets = new Set<Socket>();
  let tokens = 0;

  const count = (map: Map<number, number>, number: number): number => {
    map.set(number, (map.get(number) ?? 0) + 1);
    return map.get(number)!;
  };

  const onRequest = (socket: Socket, path: string, body: string): void => {
    if (path.startsWith('/oauth/')) {
      tokens += 1;
      const text = `{"access_token":"token-number-${tokens}","expires_in":3600}`;
      socket.write(headOf(200, {}, text, false) + text);
      return;
    }
    const number = numberOf(JSON.parse(body) as NumberedBody);
    const script = scripts.get(number)!;
    const arrival =
      script[Math.min(count(arrivals, number), script.length) - 1]!;
    if (arrival.accepts) count(created, number);
    onArrival.get(number)?.();
    onArrival.delete(number);
    setTimeout(() => answer(socket, arrival), arrival.delay);
  };

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\r\n\r\n') + 4;
      if (end < 4) return;
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (text.length < end + length) return;
      const [, path = ''] = text.split(' ', 2);
      const body = text.slice(end, end + length);
      text = '';
      onRequest(socket, path, body);
    });
  });
  await new Promise<void>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve()),
  );
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    scripts,
    arrivals,
    created,
    onArrival,
    async quiet() {
      // What has left comes here in the order in which it was written.
      for (let turns = 0; turns < 20; turns += 1) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(socket: Socket, arrival: Arrival): void {
  const { status, headers, body, ending } = arrival;
  if (ending === 'hang') return;
  if (ending === 'headless') {
    socket.resetAndDestroy();
    return;
  }
  const isLast = ending !== 'whole' || status < 200 || NO_BODY.has(status);
  socket.write(headOf(status, headers, body, isLast), 'latin1');
  if (status >= 200 && !NO_BODY.has(status) && ending !== 'headed') {
    const part = ending === 'half' ? body.slice(0, body.length / 2) : body;
    socket.write(part, 'latin1');
  }
  if (isLast) socket.end();
}

function headOf(
  status: number,
  headers: Record<string, string>,
  body: string,
  closes: boolean,
): string {
  const lines = Object.entries({
    ...headers,
    'Content-Length': String(body.length),
    ...(closes && { Connection: 'close' }),
  }).map(([name, value]) => `${name}: ${value}`);
  return `HTTP/1.1 ${status} Any\r\n${lines.join('\r\n')}\r\n\r\n`;
}
