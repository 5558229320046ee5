/** Lets a limited number of requests be under way at once; the others wait in the order in which they came. */
export interface Lanes {
  /** Resolves when it is one's turn; rejects with the reason of the signal when that aborts first. */
  enter(): Promise<void>;
  leave(): void;
  /** The server has too much to do: from now on only half as many, at least one. */
  halve(): void;
}

export function createLanes(limit: number, signal: AbortSignal): Lanes {
  let open = Math.max(1, limit);
  let busy = 0;
  let waiting: { readonly go: () => void; readonly refuse: (reason: unknown) => void }[] = [];

  signal.addEventListener('abort', () => {
    for (const { refuse } of waiting) refuse(signal.reason);
    waiting = [];
  });

  function admit(): void {
    while (busy < open) {
      const next = waiting.shift();
      if (next === undefined) return;
      busy++;
      next.go();
    }
  }

  return {
    enter: () =>
      new Promise((go, refuse) => {
        if (signal.aborted) return refuse(signal.reason);
        waiting.push({ go, refuse });
        admit();
      }),
    leave() {
      busy--;
      admit();
    },
    halve() {
      open = Math.max(1, Math.floor(open / 2));
    },
  };
}
