import { setTimeout } from 'node:timers/promises';
import { MemoryTokenStore } from '../../lib/index.js';

interface Given {
  /** What is at the end of the line. */
  inner?: MemoryTokenStore;
  /** Milliseconds that a publication is on its way. */
  publishing?: number;
}

/** A store behind a line that can be down, and that can forget everything. */
export function frailStore({
  inner = new MemoryTokenStore(),
  publishing = 0,
}: Given = {}) {
  const store = new MemoryTokenStore();
  const line = { published: 0, isDown: false };
  const pass =
    (step: keyof MemoryTokenStore) =>
    async (...given: never[]) => {
      if (line.isDown) throw new Error('DOWN');
      if (step === 'publish') {
        line.published += 1;
        await setTimeout(publishing);
      }
      return (inner[step] as (...all: never[]) => unknown)(...given);
    };
  const steps = [
    ...(['beat', 'lease', 'release', 'publish', 'coolDown'] as const),
    ...(['invalidate', 'leave', 'claim', 'settle'] as const),
  ];
  for (const step of steps) Object.assign(store, { [step]: pass(step) });
  /** Gives back what it held, to be restored later. */
  const forget = (): MemoryTokenStore => {
    const held = inner;
    inner = new MemoryTokenStore();
    line.published = 0;
    return held;
  };
  const restore = (held: MemoryTokenStore): void => void (inner = held);
  return { store, line, forget, restore };
}
