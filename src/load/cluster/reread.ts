// What stands in files, for those who need it again and again.

/** Files are read again after so many milliseconds: tokens and certificates in them are replaced before they expire. */
const STAYS_GOOD = 60_000;

/** What files held when they were read. */
export interface Reading<T> {
  readonly value: T;
  /** Milliseconds since 1970 from when on it is of no use; undefined where nothing tells. */
  readonly expires?: number;
}

export interface Rereading<T> {
  /** What the files held, at most a minute ago. */
  current(): Promise<T>;
  /** What they hold now. The same content is the same value: connections that were opened with it stay. */
  again(): Promise<T>;
}

/** Reads files when what they hold is needed first, and then now and then. Throws what `read` throws. */
export function rereading<T>(read: () => Promise<Reading<T>>): Rereading<T> {
  let last: (Reading<T> & { readonly at: number }) | undefined;
  const isGood = ({ expires = Number.POSITIVE_INFINITY }: Reading<T>): boolean => Date.now() < expires;
  const again = async (): Promise<T> => {
    const fresh = await read();
    const isSame = last !== undefined && JSON.stringify(last.value) === JSON.stringify(fresh.value);
    last = { ...fresh, ...(isSame && last !== undefined && { value: last.value }), at: Date.now() };
    return last.value;
  };
  return {
    again,
    async current() {
      const before = last;
      if (before === undefined || !isGood(before)) return again();
      if (Date.now() - before.at < STAYS_GOOD) return before.value;
      // A file that is gone for a moment, as while it is replaced, ends nothing.
      return again().catch(() => before.value);
    },
  };
}
