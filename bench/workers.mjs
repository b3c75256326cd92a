/** Starts contestants in processes of their own and says whose turn it is. */
import { fork } from 'node:child_process';

const WORKER = new URL('./worker.mjs', import.meta.url);
const CLOCK = new URL('./clock.mjs', import.meta.url).href;

const AT_ONCE = 4;

class Worker {
  constructor(measure, { peer, options = {} }, { moveTime = false } = {}) {
    this.peer = peer;
    this.child = fork(WORKER, [measure, peer, JSON.stringify(options)], {
      execArgv: ['--expose-gc', ...(moveTime ? ['--import', CLOCK] : [])],
      serialization: 'advanced',
    });
    this.ready = this.next();
  }

  /** Resolves when the worker waits for its turn or is through. */
  next() {
    return new Promise((resolve) => {
      const settle = (result) => {
        this.child.off('message', hear);
        this.child.off('exit', leave);
        if (result !== undefined) this.result = { peer: this.peer, ...result };
        resolve();
      };
      const hear = ({ type, value, unhandled, text }) => {
        if (type === 'wait') settle();
        else if (type === 'done') settle({ value, unhandled });
        else settle({ problem: text });
      };
      const leave = (code) => settle({ problem: `exited with ${code}` });
      this.child.on('message', hear);
      this.child.on('exit', leave);
    });
  }

  turn() {
    const next = this.next();
    this.child.send('go');
    return next;
  }

  /** Milliseconds until the process has ended by itself; undefined if it had to be killed. */
  lingered(most) {
    const start = performance.now();
    return new Promise((resolve) => {
      const kill = setTimeout(() => {
        resolve(undefined);
        this.child.kill('SIGKILL');
      }, most);
      this.child.once('exit', () => {
        clearTimeout(kill);
        resolve(performance.now() - start);
      });
    });
  }

  get isThrough() {
    return this.result !== undefined;
  }
}

/** One contestant at a time, round after round, each round beginning with another one. */
export async function inTurns(measure, jobs, settings) {
  const workers = await started(measure, jobs, settings);
  for (let round = 0; workers.some((worker) => !worker.isThrough); round++) {
    for (const index of workers.keys()) {
      const worker = workers[(index + round) % workers.length];
      if (!worker.isThrough) await worker.turn();
    }
  }
  return results(workers);
}

/** A few at a time, for measures that mostly wait. */
export async function together(measure, jobs, settings) {
  const found = [];
  for (let first = 0; first < jobs.length; first += AT_ONCE) {
    const some = jobs.slice(first, first + AT_ONCE);
    found.push(...(await allTogether(measure, some, settings)));
  }
  return found;
}

async function allTogether(measure, jobs, settings) {
  const workers = await started(measure, jobs, settings);
  while (workers.some((worker) => !worker.isThrough)) {
    await Promise.all(
      workers.filter((worker) => !worker.isThrough).map((w) => w.turn()),
    );
  }
  return results(workers);
}

/** All at once; `lingered` tells how long each took to exit by itself once it was through. */
export async function leaving(measure, jobs, most) {
  const workers = await started(measure, jobs);
  return Promise.all(
    workers.map(async (worker) => {
      await worker.turn();
      const lingered = await worker.lingered(most);
      return { ...worker.result, lingered };
    }),
  );
}

async function started(measure, jobs, settings) {
  const workers = jobs.map((job) => new Worker(measure, job, settings));
  await Promise.all(workers.map((worker) => worker.ready));
  return workers;
}

function results(workers) {
  return workers.map(({ result }) => result);
}
