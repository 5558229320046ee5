import { setTimeout as sleep } from 'node:timers/promises';

/** Time as retries and deadlines see it, so that tests need not wait. */
export interface Clock {
  /** Milliseconds since some fixed moment. */
  now(): number;
  /** Rejects with the reason of the signal when it aborts. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Below 1, at least 0. */
  random(): number;
}

export const wallClock: Clock = {
  now: () => performance.now(),
  async sleep(milliseconds, signal) {
    try {
      await sleep(milliseconds, undefined, { signal });
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    }
  },
  random: Math.random,
};
