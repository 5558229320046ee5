import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../src/load/cluster/clock.ts';

/** Time that passes only while nothing else happens, and then at once. */
export interface FakeClock extends Clock {
  /** All pauses that were made, in milliseconds, but for those that were broken off. */
  readonly slept: readonly number[];
}

export function createFakeClock(random = () => 0.5): FakeClock {
  let now = 0;
  let sleepers: { readonly until: number; readonly wake: () => void }[] = [];
  let isTurning = false;
  const slept: number[] = [];

  async function turn(): Promise<void> {
    if (isTurning) return;
    isTurning = true;
    while (sleepers.length > 0) {
      // Whatever can go on without waiting does so first.
      for (let i = 0; i < 3; i++) await setImmediate();
      const [first] = sleepers.sort((a, b) => a.until - b.until);
      if (first === undefined) break;
      sleepers = sleepers.filter((sleeper) => sleeper !== first);
      now = Math.max(now, first.until);
      first.wake();
    }
    isTurning = false;
  }

  return {
    slept,
    now: () => now,
    random,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const sleeper = {
          until: now + milliseconds,
          wake(): void {
            slept.push(milliseconds);
            resolve();
          },
        };
        sleepers.push(sleeper);
        signal.addEventListener('abort', () => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          reject(signal.reason);
        });
        void turn();
      }),
  };
}
