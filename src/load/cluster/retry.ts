import type { LiveRequests } from '../../model/live.ts';
import type { Clock } from './clock.ts';
import { ClusterError } from './cluster-error.ts';
import { createLanes } from './lanes.ts';
import type { ApiResponse, Transport } from './transport.ts';

/** Asks an API server and bears with it: few requests at once, again after a while, never past the deadline. */
export interface Asker {
  /**
   * The answer of a status that asking again would not change, or the last one. Throws the ClusterError of what is no
   * answer, and the reason of the signal when that aborts.
   */
  ask(path: string, options: AskOptions): Promise<ApiResponse>;
  /** Requests and bytes by resource, retries included. */
  requests(): readonly LiveRequests[];
  /** What the server warned of, each once, in order of the alphabet. */
  warnings(): readonly string[];
}

export interface AskOptions {
  /** What the request is counted under. */
  readonly resource: string;
  readonly accept?: string;
}

export interface AskerInput {
  readonly transport: Transport;
  readonly clock: Clock;
  /** When it is over, by the clock. */
  readonly deadline: number;
  readonly concurrency: number;
  readonly signal: AbortSignal;
}

const TRIES = 4;
const FIRST_WAIT = 250;
const LONGEST_WAIT = 8000;
/** Too Many Requests. */
const THROTTLED = 429;

export const JSON_ONLY = 'application/json';

export function createAsker({ transport, clock, deadline, concurrency, signal }: AskerInput): Asker {
  const lanes = createLanes(concurrency, signal);
  const tally = new Map<string, { count: number; bytes: number }>();
  const warnings = new Set<string>();

  async function askOnce(path: string, { resource, accept = JSON_ONLY }: AskOptions): Promise<ApiResponse> {
    await lanes.enter();
    const counted = tally.get(resource) ?? { count: 0, bytes: 0 };
    tally.set(resource, counted);
    counted.count++;
    try {
      const response = await transport.get(path, { accept, signal });
      counted.bytes += response.bytes;
      for (const warning of warningsOf(response)) warnings.add(warning);
      // Before the lane is free for the next.
      if (response.status === THROTTLED) lanes.halve();
      return response;
    } finally {
      lanes.leave();
    }
  }

  /** Whether there is time for a pause, which is made then. */
  async function pause(attempt: number, wanted: number | undefined): Promise<boolean> {
    const usual = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1)) * (0.8 + 0.4 * clock.random());
    // Whoever is told to come back at the same moment comes a little apart.
    const wait = wanted === undefined ? usual : wanted + FIRST_WAIT * clock.random();
    if (clock.now() + wait >= deadline) return false;
    await clock.sleep(wait, signal);
    return true;
  }

  return {
    async ask(path, options) {
      for (let attempt = 1; ; attempt++) {
        let response: ApiResponse;
        try {
          response = await askOnce(path, options);
        } catch (error) {
          signal.throwIfAborted();
          const isHopeless = attempt === TRIES || !isPassing(error);
          if (isHopeless || !(await pause(attempt, undefined))) throw error;
          continue;
        }
        const { status } = response;
        const isSettled = status !== THROTTLED && status < 500;
        if (isSettled || attempt === TRIES || !(await pause(attempt, waitAsked(response)))) return response;
      }
    },
    requests: () =>
      [...tally]
        .map(([resource, counted]) => ({ resource, ...counted }))
        .sort(byText(({ resource }) => resource)),
    warnings: () => [...warnings].sort(),
  };
}

/** Trouble on the way that may be gone a moment later. */
function isPassing(error: unknown): boolean {
  return error instanceof ClusterError && !error.final;
}

/** Milliseconds that the header `Retry-After` asks for: seconds, or a date (RFC 9110). */
function waitAsked({ headers }: ApiResponse): number | undefined {
  const text = headers['retry-after'];
  if (text === undefined) return undefined;
  const seconds = Number(text);
  const wait = Number.isNaN(seconds) ? Date.parse(text) - Date.now() : seconds * 1000;
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

/** The texts of `Warning: 299 - "text"`, by which the API server tells of deprecated versions and the like. */
function warningsOf({ headers }: ApiResponse): readonly string[] {
  const header = headers.warning;
  if (header === undefined) return [];
  const text = Array.isArray(header) ? header.join(', ') : header;
  return [...text.matchAll(/\b\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, warning = '']) =>
    warning.replace(/\\(.)/g, '$1'),
  );
}

function byText<T>(textOf: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => (textOf(a) < textOf(b) ? -1 : textOf(a) > textOf(b) ? 1 : 0);
}
