// Keeps what a cluster holds: every kind read once, then followed.
import { EventEmitter, once, setMaxListeners } from 'node:events';
import type { KindOutcome, LiveObject, LiveState } from '../../model/live.ts';
import {
  asObject,
  type Feed,
  follow,
  type Keeper,
  type Listing,
  nameOf,
  type Pace,
  pause,
} from './follow.ts';

/** What reading one kind (in all namespaces, or in one) gave. */
export interface KindListing extends Listing {
  readonly outcome: KindOutcome;
}

export interface KindFeed extends Feed<KindListing> {
  readonly resource: string;
  /** What is said of the kind while it could not be read at all. */
  unread(error: unknown): KindOutcome;
}

/** What there is to follow in a cluster, and how to ask for it. */
export interface WatchSource {
  /** All of a state that does not change while it is followed. */
  readonly about: Pick<LiveState, 'cluster' | 'server' | 'kubernetesVersion' | 'namespace'>;
  /** The kinds that the server offers now, and the outcomes of those that it does not. Throws a `ClusterError`. */
  plan(signal: AbortSignal): Promise<WatchPlan>;
  /**
   * Objects that are read by name, because `objects` name them. `isAgain` has those read anew that are known already,
   * and is set from time to time.
   */
  readNamed?(objects: readonly LiveObject[], isAgain: boolean, signal: AbortSignal): Promise<NamedObjects>;
  requests(): LiveState['requests'];
  warnings(): LiveState['warnings'];
}

export interface WatchPlan {
  readonly feeds: readonly KindFeed[];
  readonly absent: readonly KindOutcome[];
}

export interface NamedObjects {
  readonly objects: readonly LiveObject[];
  readonly outcomes: readonly KindOutcome[];
}

export interface WatchOptions {
  /** How many lists are asked for at a time. */
  readonly concurrency: number;
  readonly signal?: AbortSignal;
  readonly pace?: Pace;
  /** Milliseconds that have to pass without a further change before one is told. */
  readonly quiet?: number;
  /** Milliseconds after which it is asked again what the server offers, and for what is read by name. */
  readonly again?: number;
}

export interface ClusterWatch {
  /** What a fresh reading would give, as far as the server has told; the same value until something changes. */
  state(): LiveState;
  /** Waits for a change that counts; false once it is closed. */
  changed(): Promise<boolean>;
  readonly health: WatchHealth;
  close(): void;
}

export interface WatchHealth {
  /** Since when (milliseconds since 1970) some kind may be older than the cluster; absent when all are followed. */
  readonly staleSince: number | undefined;
  /** Watches that stand or are about to. */
  readonly feeds: number;
  /** Events that changed something, since the start. */
  readonly changes: number;
  readonly restarts: readonly Restarts[];
}

export interface Restarts {
  readonly resource: string;
  readonly why: 'expired' | 'lost';
  readonly count: number;
}

/** A kind that is followed, and what is known of it. */
interface Followed {
  readonly feed: KindFeed;
  readonly objects: Map<string, LiveObject>;
  readonly stop: AbortController;
  outcome: KindOutcome | undefined;
  staleSince: number | undefined;
}

const QUIET = 250;
/** Under changes without end one is told after this many times `quiet`. */
const PATIENCE = 8;
const AGAIN = 5 * 60_000;

/**
 * Reads a cluster and follows it. Resolves when everything was read once, or could not be; throws a `ClusterError` when
 * not even the kinds of the server could be asked for.
 */
export async function watchCluster(source: WatchSource, options: WatchOptions): Promise<ClusterWatch> {
  const { quiet = QUIET, again = AGAIN } = options;
  const ended = new AbortController();
  const signal =
    options.signal === undefined ? ended.signal : AbortSignal.any([options.signal, ended.signal]);
  setMaxListeners(0, signal);
  const followed = new Map<string, Followed>();
  const restarts = new Map<string, Restarts>();
  const limited = createLimit(options.concurrency);
  const bell = new EventEmitter();
  let absent: readonly KindOutcome[] = [];
  let named: NamedObjects = { objects: [], outcomes: [] };
  let changes = 0;
  let told = 0;
  let known: LiveState | undefined;

  function noteChange(): void {
    changes++;
    known = undefined;
    bell.emit('change');
  }

  /** Follows a kind from now on; resolves when it was read, or could not be, for the first time. */
  function start(feed: KindFeed): Promise<void> {
    const stop = new AbortController();
    const entry: Followed = { feed, stop, objects: new Map(), outcome: undefined, staleSince: undefined };
    followed.set(feed.key, entry);
    const list = (aborted: AbortSignal): Promise<KindListing> => limited(() => feed.list(aborted));
    const until = AbortSignal.any([signal, stop.signal]);
    return new Promise((settle) => {
      const keeper = keep(entry, noteChange, settle, (why) => {
        const key = `${feed.resource} ${why}`;
        const count = (restarts.get(key)?.count ?? 0) + 1;
        restarts.set(key, { resource: feed.resource, why, count });
      });
      void follow({ ...feed, list }, keeper, until, options.pace).finally(settle);
    });
  }

  async function takePlan(): Promise<void> {
    const plan = await source.plan(signal);
    const wanted = new Set(plan.feeds.map(({ key }) => key));
    for (const [key, { stop }] of followed) {
      if (wanted.has(key)) continue;
      stop.abort();
      followed.delete(key);
      noteChange();
    }
    if (!isSame(absent, plan.absent)) noteChange();
    absent = plan.absent;
    await Promise.all(plan.feeds.filter(({ key }) => !followed.has(key)).map(start));
  }

  async function takeNamed(isAgain: boolean): Promise<void> {
    const fresh = await source.readNamed?.(listed(), isAgain, signal);
    if (fresh === undefined || isSame(fresh, named)) return;
    named = fresh;
    noteChange();
  }

  function listed(): LiveObject[] {
    return Array.from(followed.values(), ({ objects }) => [...objects.values()]).flat();
  }

  await takePlan();
  await takeNamed(false);
  told = changes;
  const timer = setInterval(() => {
    // What a server in trouble does not answer now is asked the next time.
    takePlan()
      .then(() => takeNamed(true))
      .catch(() => {});
  }, again);
  signal.addEventListener('abort', () => clearInterval(timer));

  return {
    state() {
      known ??= {
        ...source.about,
        objects: [...listed(), ...named.objects],
        outcomes: [...Array.from(followed.values(), outcomeOf), ...named.outcomes, ...absent],
        requests: source.requests(),
        warnings: source.warnings(),
      };
      return known;
    },
    async changed() {
      while (!signal.aborted) {
        if (changes === told) {
          await once(bell, 'change', { signal }).catch(() => {});
          continue;
        }
        const begun = Date.now();
        let seen: number;
        do {
          seen = changes;
          await pause(quiet, signal);
        } while (changes !== seen && Date.now() - begun < PATIENCE * quiet && !signal.aborted);
        await takeNamed(false).catch(() => {});
        told = changes;
        return !signal.aborted;
      }
      return false;
    },
    get health() {
      const stale = Array.from(followed.values(), ({ staleSince }) => staleSince ?? Number.POSITIVE_INFINITY);
      const since = Math.min(...stale);
      return {
        staleSince: Number.isFinite(since) ? since : undefined,
        feeds: followed.size,
        changes,
        restarts: [...restarts.values()],
      };
    },
    close: () => ended.abort(),
  };
}

/** Keeps what is known of one kind as the cluster has it. */
function keep(
  entry: Followed,
  noteChange: () => void,
  settle: () => void,
  restarted: (why: Restarts['why']) => void,
): Keeper<KindListing> {
  const { feed, objects } = entry;
  return {
    replace(listing) {
      const fresh = new Map(listing.objects.map((object) => [nameOfObject(object), object]));
      const isNew = !isSame(entry.outcome?.state, listing.outcome.state) || !holdsSame(objects, fresh);
      entry.outcome = listing.outcome;
      if (!isNew) return;
      objects.clear();
      for (const [name, object] of fresh) objects.set(name, object);
      noteChange();
    },
    put(name, object) {
      // Most events change what no rule reads: the status of a pod, a resource version.
      if (isSame(objects.get(name)?.value, object?.value)) return;
      if (object === undefined) objects.delete(name);
      else objects.set(name, object);
      noteChange();
    },
    reached() {
      entry.staleSince = undefined;
      settle();
    },
    failed(error) {
      entry.staleSince ??= Date.now();
      // What was read once still holds, as far as anybody knows.
      if (entry.outcome?.state !== 'ok') {
        const outcome = feed.unread(error);
        if (outcome.state !== entry.outcome?.state) noteChange();
        entry.outcome = outcome;
      }
      settle();
    },
    restarted,
  };
}

function outcomeOf({ feed, outcome, objects }: Followed): KindOutcome {
  return { ...(outcome ?? feed.unread(undefined)), count: objects.size };
}

function nameOfObject({ value }: LiveObject): string {
  return nameOf(asObject(value.metadata));
}

function holdsSame(before: ReadonlyMap<string, LiveObject>, now: ReadonlyMap<string, LiveObject>): boolean {
  if (before.size !== now.size) return false;
  for (const [name, { value }] of now) if (!isSame(before.get(name)?.value, value)) return false;
  return true;
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** Lets so many pieces of work run at a time, the others wait in line. */
function createLimit(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    // Whoever ends hands its place to the next in line.
    if (running >= most) await new Promise<void>((go) => waiting.push(go));
    else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
