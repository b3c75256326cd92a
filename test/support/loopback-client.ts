import { Agent, get } from 'node:http';
import { json } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';

export interface LoopbackAnswer {
  status: number | undefined;
  body: unknown;
}

/** A client that keeps its one connection open, as browsers and load balancers do, or closes it after each answer. */
export class LoopbackClient {
  private readonly agent: Agent;

  constructor({ keepAlive }: { keepAlive: boolean }) {
    this.agent = new Agent({ keepAlive, maxSockets: 1 });
  }

  async get(url: string): Promise<LoopbackAnswer> {
    const answer = await this.send(url);
    // The agent takes its connection back at the end of the turn.
    await setImmediate();
    return answer;
  }

  /** Connections that wait for the next request. */
  get idleConnections(): number {
    return Object.values(this.agent.freeSockets).flat().length;
  }

  /** Closes every connection. */
  close(): void {
    this.agent.destroy();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  private send(url: string): Promise<LoopbackAnswer> {
    return new Promise((resolve, reject) => {
      get(url, { agent: this.agent }, (response) => {
        json(response).then(
          (body) => resolve({ status: response.statusCode, body }),
          reject,
        );
      }).on('error', reject);
    });
  }
}
