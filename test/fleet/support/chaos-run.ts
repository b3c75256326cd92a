import { setTimeout as wait } from 'node:timers/promises';
import type { Fleet } from './fleet.js';
import type { FleetPod } from './fleet-pod.js';

/** Milliseconds the sandbox takes for an answer. */
export const LATENCY = 60;

/** Milliseconds between an answer and its being in the store, on a loaded machine. */
const HAND_OVER = 250;

/**
 * Kills pods of a fleet at moments drawn from a seed, and keeps account of the tokens that nobody
 * could know of: those on their way to a process that was killed.
 */
export class ChaosRun {
  private readonly lost = new Map<string, string>();
  private readonly deeds: string[] = [];
  private latest = 0;
  private state: number;

  constructor(
    private readonly fleet: Fleet,
    private readonly seed: number,
  ) {
    this.state = seed;
  }

  /** One deed after the other: renewals, shutdowns and revocations are cut short. */
  async rage(deeds: number): Promise<void> {
    const kinds = [
      () => this.killAt('token'),
      () => this.killAt('revoke'),
      () => this.killInShutdown(),
      () => this.killAnytime(),
    ];
    for (let left = deeds; left > 0; left--) {
      const replaced = this.fleet.member(this.fleet.spawn());
      await kinds[Math.floor(this.random() * kinds.length)]!();
      const pod = await replaced;
      // It may have been the one that was killed.
      await pod.ask('load', { every: 250 }).catch(() => undefined);
    }
  }

  /** Shoots the rest down at one moment, until so many are left. */
  async killUntil(survivors: number): Promise<void> {
    const [, ...others] = this.fleet.living;
    const doomed = survivors === 0 ? this.fleet.living : others;
    await this.provoke();
    await wait(this.random() * 120);
    await Promise.all(doomed.map((pod) => this.kill(pod)));
  }

  /** Live tokens that somebody could have known of and nobody cleared up. */
  leftover(current: string | undefined): string[] {
    return this.fleet.sandbox.liveTokens.filter(
      (value) => value !== current && !this.lost.has(value),
    );
  }

  /** Tokens that count as lost although their pod had time to put them into the store. */
  unexplained(): string[] {
    return [...this.lost].filter(([, why]) => why === '').map(([id]) => id);
  }

  summary(): string {
    const ways = [...this.lost.values()];
    const count = (way: string): number =>
      ways.filter((one) => one === way).length;
    return [
      `chaos seed ${this.seed}: ${this.deeds.join(', ')}`,
      `  ${this.fleet.sandbox.issuedTokens.length} tokens minted,`,
      `  ${count('in flight')} lost: their pod was killed before it was answered,`,
      `  ${count('answered')} lost: killed up to ${this.latest} ms after the answer.`,
    ].join('\n');
  }

  /** The pod that asks is killed while the answer is on its way. */
  private async killAt(route: 'token' | 'revoke'): Promise<void> {
    const before = this.fleet.requests(route).length;
    await this.provoke();
    for (let tries = 0; tries < 450; tries++) {
      const request = this.fleet.requests(route)[before];
      const pod = this.fleet.living.find(
        ({ name }) => name === request?.headers['user-agent'],
      );
      if (request !== undefined) {
        // Before the answer, or just after it.
        await wait(this.random() * 100);
        this.deeds.push(`${route} of ${request.headers['user-agent']}`);
        if (pod !== undefined) await this.kill(pod);
        return;
      }
      await wait(10);
    }
    this.deeds.push(`no ${route} came`);
  }

  private async killInShutdown(): Promise<void> {
    const pod = this.pick();
    this.deeds.push(`shutdown of ${pod.name}`);
    pod.send('SIGTERM');
    await wait(this.random() * 150);
    await this.kill(pod);
  }

  private async killAnytime(): Promise<void> {
    const pod = this.pick();
    await wait(this.random() * 200);
    this.deeds.push(pod.name);
    await this.kill(pod);
  }

  private async kill(pod: FleetPod): Promise<void> {
    await pod.kill();
    // What it had sent to Redis before it died is carried out.
    await wait(30);
    const known = await this.fleet.known();
    const { issuedTokens, liveTokens } = this.fleet.sandbox;
    const requests = this.fleet.requests('token');
    // The sandbox works even for those who have gone.
    await wait(LATENCY + 30);
    for (const [index, value] of this.fleet.sandbox.issuedTokens.entries()) {
      const request = requests[index];
      const isOurs = request?.headers['user-agent'] === pod.name;
      const wasSeen =
        known.has(value) ||
        (issuedTokens.includes(value) && !liveTokens.includes(value));
      if (isOurs && !wasSeen) this.lost.set(value, this.wayOf(index, pod));
    }
  }

  private wayOf(index: number, pod: FleetPod): string {
    const { at, status } = this.fleet.requests('token')[index]!;
    if (status === undefined) return 'in flight';
    const since = pod.killedAt! - at.getTime() - LATENCY;
    this.latest = Math.max(this.latest, since);
    return since < HAND_OVER ? 'answered' : '';
  }

  /** Makes some pod ask for a new token now. */
  private async provoke(): Promise<void> {
    await this.pick()
      .ask('invalidate')
      .catch(() => undefined);
  }

  private pick(): FleetPod {
    const living = this.fleet.living.filter(({ isReady }) => isReady);
    return living[Math.floor(this.random() * living.length)]!;
  }

  /** Mulberry32. */
  private random(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }
}
