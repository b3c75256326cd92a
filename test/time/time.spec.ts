import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { systemRuntime } from '../../lib/time/runtime.js';
import { SystemClock } from '../../lib/time/system-clock.js';
import { SystemTimers } from '../../lib/time/system-timers.js';

/** A machine whose clocks can be moved one by one. */
class Machine {
  monotonicMs = 5_000;
  wallMs = 1_790_000_000_000;
  uptimeMs = 900_000;
  uptimeCalls = 0;

  monotonic = (): number => this.monotonicMs;
  wall = (): number => this.wallMs;
  uptime = (): number => {
    this.uptimeCalls += 1;
    return this.uptimeMs;
  };

  run(ms: number): void {
    this.monotonicMs += ms;
    this.suspend(ms);
  }

  /** The monotonic clock of Linux and macOS stands still meanwhile. */
  suspend(ms: number): void {
    this.wallMs += ms;
    this.uptimeMs += ms;
  }

  setWall(ms: number): void {
    this.wallMs += ms;
  }
}

describe('SystemClock', () => {
  const HOUR = 3_600_000;

  function clocked() {
    const machine = new Machine();
    const clock = new SystemClock(machine);
    const start = clock.now();
    return { machine, clock, passed: () => clock.now() - start };
  }

  it('goes with the monotonic clock', () => {
    const { machine, passed } = clocked();
    machine.run(1_234);
    expect(passed()).toBe(1_234);
  });

  it('counts the time for which the machine was suspended', () => {
    const { machine, passed } = clocked();
    machine.run(1_000);
    machine.suspend(HOUR);
    expect(passed()).toBe(HOUR + 1_000);
    machine.run(500);
    machine.suspend(2 * HOUR);
    expect(passed()).toBe(3 * HOUR + 1_500);
  });

  it.each([HOUR, -HOUR, 10 * 365 * 24 * HOUR])(
    'does not mind a wall clock that is set by %i ms',
    (jump) => {
      const { machine, clock, passed } = clocked();
      machine.run(1_000);
      machine.setWall(jump);
      machine.run(1_000);
      expect(passed()).toBe(2_000);
      expect(clock.wall()).toBe(machine.wallMs);
    },
  );

  it.each([HOUR, -HOUR])(
    'tells a suspension from a wall clock set by %i ms at the same time',
    (jump) => {
      const { machine, passed } = clocked();
      machine.suspend(2 * HOUR);
      machine.setWall(jump);
      machine.run(10);
      expect(passed()).toBe(2 * HOUR + 10);
      machine.setWall(-jump);
      machine.run(10);
      expect(passed()).toBe(2 * HOUR + 20);
    },
  );

  it('notices short suspensions that add up', () => {
    const { machine, passed } = clocked();
    for (let nap = 0; nap < 4; nap++) {
      machine.suspend(900);
      machine.run(100);
      passed();
    }
    expect(passed()).toBeGreaterThanOrEqual(400 + 2_700);
  });

  it('never runs backwards, even where the uptime can not be had', () => {
    const { machine, clock } = clocked();
    machine.suspend(HOUR);
    const before = clock.now();
    machine.uptimeMs = 0;
    machine.setWall(HOUR);
    machine.run(5);
    expect(clock.now()).toBe(before + 5);
  });

  it('asks for the uptime only when something looks wrong', () => {
    const { machine, clock } = clocked();
    for (let look = 0; look < 1_000; look++) {
      machine.run(7);
      clock.now();
    }
    expect(machine.uptimeCalls).toBe(1);
    machine.setWall(HOUR);
    clock.now();
    clock.now();
    expect(machine.uptimeCalls).toBe(2);
  });

  it('is the one of this machine by default', async () => {
    const { clock, random } = systemRuntime();
    const before = clock.now();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(clock.now() - before).toBeGreaterThanOrEqual(25);
    expect(Math.abs(clock.wall() - Date.now())).toBeLessThan(60_000);
    expect(random()).toBeLessThan(1);
  });
});

describe('SystemTimers', () => {
  const timers = new SystemTimers();

  afterEach(() => {
    jest.useRealTimers();
  });

  it('runs a task later, and not one that was cancelled', async () => {
    const ran: string[] = [];
    timers.later(10, () => ran.push('later'));
    timers.later(10, () => ran.push('cancelled'))();
    timers.later(-5, () => ran.push('at once'));
    expect(ran).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(ran).toEqual(['at once', 'later']);
  });

  it('does not run a task at once that is further away than a timer reaches', () => {
    jest.useFakeTimers();
    let ran = 0;
    const far = 2 ** 31 - 1 + 5_000;
    timers.later(far, () => (ran += 1));
    jest.advanceTimersByTime(2 ** 31 - 1);
    expect(ran).toBe(0);
    jest.advanceTimersByTime(4_999);
    expect(ran).toBe(0);
    jest.advanceTimersByTime(1);
    expect(ran).toBe(1);
  });

  it('cancels such a task in its second leg too', () => {
    jest.useFakeTimers();
    let ran = 0;
    const cancel = timers.later(2 ** 31 + 5_000, () => (ran += 1));
    jest.advanceTimersByTime(2 ** 31 + 10);
    cancel();
    jest.advanceTimersByTime(10_000);
    expect(ran).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('a pause ends by itself, or when its signal aborts, and leaves nothing behind', async () => {
    await timers.pause(5);
    const signal = new AbortController();
    const paused = timers.pause(60_000, signal.signal);
    signal.abort();
    await paused;
    await timers.pause(60_000, signal.signal);

    jest.useFakeTimers();
    void timers.pause(60_000, signal.signal);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('a pause longer than a timer reaches does not end at once', () => {
    jest.useFakeTimers();
    let over = false;
    void timers.pause(2 ** 31 + 1).then(() => (over = true));
    jest.advanceTimersByTime(1_000);
    expect(jest.getTimerCount()).toBe(1);
    expect(over).toBe(false);
  });

  it('runs a task after the turn', async () => {
    const order: string[] = [];
    timers.afterTurn(() => order.push('after'));
    await Promise.resolve().then(() => order.push('microtask'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(order).toEqual(['microtask', 'after']);
  });

  it('does not keep a process alive for a task, but does for a pause', async () => {
    const run = promisify(execFile);
    const module = new URL(
      '../../dist/esm/time/system-timers.js',
      import.meta.url,
    );
    const script = `
      import { SystemTimers } from ${JSON.stringify(module.href)};
      const timers = new SystemTimers();
      timers.later(60_000, () => console.log('never'));
      timers.later(2 ** 31 + 60_000, () => console.log('never'));
      await timers.pause(50);
      console.log('paused');
    `;
    const { stdout } = await run(
      process.execPath,
      ['--input-type=module', '-e', script],
      { timeout: 15_000 },
    );
    expect(stdout).toBe('paused\n');
  });
});
