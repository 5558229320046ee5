import { isTerminal, printError } from './terminal.ts';

/** Reading that takes longer than this is shown. */
const DELAY = 500;
const INTERVAL = 100;
const ERASE = '\r\u001b[K';

export interface Progress {
  readonly onProgress: (done: number, total: number) => void;
  end(): void;
}

/** One line on a terminal's standard error that tells how far reading is; nothing elsewhere. */
export function createProgress(): Progress {
  if (!isTerminal('stderr')) return { onProgress() {}, end() {} };
  const start = performance.now();
  let shown = 0;
  return {
    onProgress(done, total) {
      const now = performance.now();
      if (now - start < DELAY || now - shown < INTERVAL) return;
      shown = now;
      printError(`${ERASE}reading ${done} of ${total} files`);
    },
    end() {
      if (shown > 0) printError(ERASE);
    },
  };
}
