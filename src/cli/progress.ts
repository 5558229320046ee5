import type { OnProgress, Work } from '../model/progress.ts';
import { isTerminal, printError } from './terminal.ts';

/** Work that takes longer than this is shown. */
const DELAY = 500;
const INTERVAL = 100;
const ERASE = '\r\u001b[K';

const words: Readonly<Record<Work, string>> = {
  reading: 'reading files',
  rendering: 'rendering kustomizations and charts',
  checking: 'checking manifests',
  judging: 'running rules',
  locating: 'placing findings',
};

/**
 * Shows one line on a terminal's standard error that tells how far the work is, and takes it away in the end; nothing
 * elsewhere, nor on a terminal that cannot erase.
 */
export async function withProgress<T>(
  work: (onProgress: OnProgress) => Promise<T>,
  isWanted = true,
): Promise<T> {
  const start = Date.now();
  const state = { wanted: isWanted && process.env.TERM !== 'dumb', last: 0, shows: false };
  const onProgress: OnProgress = (what, done, total, text) => {
    const now = Date.now();
    if (!state.wanted || now - start < DELAY || now - state.last < INTERVAL) return;
    state.wanted = state.shows || isTerminal('stderr');
    if (!state.wanted) return;
    state.last = now;
    state.shows = true;
    const line = text?.() ?? `${words[what]}: ${done} of ${total}`;
    // A line that wraps could not be taken away.
    printError(`${ERASE}${line.slice(0, (process.stderr.columns || 80) - 1)}`);
  };
  try {
    return await work(onProgress);
  } finally {
    if (state.shows) printError(ERASE);
  }
}
