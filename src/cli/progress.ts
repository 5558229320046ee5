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
  const start = Date.now();
  let shown = 0;
  let terminal: boolean | undefined;
  return {
    onProgress(done, total) {
      const now = Date.now();
      if (now - start < DELAY || now - shown < INTERVAL) return;
      shown = now;
      terminal ??= isTerminal('stderr');
      if (!terminal) return;
      printError(`${ERASE}reading ${done} of ${total} files`);
    },
    end() {
      if (terminal) printError(ERASE);
    },
  };
}
