// Keeps what a cluster holds: every kind read once, then followed.
import { EventEmitter, once, setMaxListeners } from 'node:events';
import type { KindOutcome, LiveObject, LiveState } from '../../model/live.ts';
import { ClusterError } from './cluster-error.ts';
import { follow, type Pace, pause, type Restart } from './follow.ts';
import { type Events, type Followed, isSame, type KindFeed, keepKind, outcomesOf } from './keep-kind.ts';
import { byKind, inOrder } from './read-cluster.ts';

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
  readonly signal?: AbortSignal;
  readonly pace?: Pace;
  /** Milliseconds that have to pass without a further change before one is told. */
  readonly quiet?: number;
  /** Milliseconds after which it is asked again what the server offers, and for what is read by name. */
  readonly again?: number;
  /** Milliseconds after a change of the kinds themselves when that is asked, too. */
  readonly settles?: readonly number[];
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
  /** What keeps the one that is oldest from being followed, as far as there are words for it. */
  readonly trouble: ClusterError | undefined;
  /** Watches that stand or are about to. */
  readonly feeds: number;
  /** Events that changed something, since the start. */
  readonly changes: number;
  readonly restarts: readonly Restarts[];
}

export interface Restarts {
  readonly resource: string;
  readonly why: Restart;
  readonly count: number;
}

const QUIET = 250;
/** Under changes without end one is told after this many times `quiet`. */
const PATIENCE = 8;
const AGAIN = 5 * 60_000;
const SETTLES = [2000, 15_000];

/**
 * Reads a cluster and follows it. Resolves when everything was read once, or could not be; throws a `ClusterError` when
 * not even the kinds of the server could be asked for.
 */
export async function watchCluster(source: WatchSource, options: WatchOptions): Promise<ClusterWatch> {
  const { quiet = QUIET, again = AGAIN, settles = SETTLES } = options;
  const ended = new AbortController();
  const signal =
    options.signal === undefined ? ended.signal : AbortSignal.any([options.signal, ended.signal]);
  setMaxListeners(0, signal);
  const followed = new Map<string, Followed>();
  const restarts = new Map<string, Restarts>();
  const bell = new EventEmitter();
  let absent: readonly KindOutcome[] = [];
  let named: NamedObjects = { objects: [], outcomes: [] };
  let changes = 0;
  let told = 0;
  let known: LiveState | undefined;
  let isOpen = false;

  function noteChange(): void {
    changes++;
    known = undefined;
    bell.emit('change');
  }

  /** Follows a kind from now on; resolves when it was read, or could not be, for the first time. */
  async function start(feed: KindFeed): Promise<Followed> {
    const stop = new AbortController();
    const entry: Followed = {
      feed,
      stop,
      objects: new Map(),
      outcomes: undefined,
      staleSince: undefined,
      trouble: undefined,
    };
    const until = AbortSignal.any([signal, stop.signal]);
    await new Promise<void>((settled) => {
      const events: Events = {
        changed() {
          noteChange();
          if (feed.tellsKinds === true) lookAgainSoon();
        },
        settled,
        restarted(why) {
          const key = `${feed.resource} ${why}`;
          const count = (restarts.get(key)?.count ?? 0) + 1;
          restarts.set(key, { resource: feed.resource, why, count });
        },
      };
      void follow(feed, keepKind(entry, events), until, options.pace).finally(settled);
    });
    return entry;
  }

  async function takePlan(): Promise<void> {
    const plan = await source.plan(signal);
    const wanted = new Set(plan.feeds.map(({ key }) => key));
    const started = await Promise.all(plan.feeds.filter(({ key }) => !followed.has(key)).map(start));
    // In one step, so that nothing is missing in between.
    const dropped = [...followed].filter(([key]) => !wanted.has(key));
    for (const [key, { stop }] of dropped) {
      stop.abort();
      followed.delete(key);
    }
    for (const entry of started) followed.set(entry.feed.key, entry);
    if (dropped.length + started.length > 0 || !isSame(absent, plan.absent)) noteChange();
    absent = plan.absent;
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

  let looking: Promise<void> = Promise.resolve();
  /** What a server in trouble does not answer now is asked the next time. */
  function lookAgain(): void {
    looking = looking
      .then(takePlan)
      .then(() => takeNamed(true))
      .catch(() => {});
  }
  const soon = new Set<NodeJS.Timeout>();
  /** A kind is served some moments after its definition was written. */
  function lookAgainSoon(): void {
    for (const timer of soon) clearTimeout(timer);
    soon.clear();
    if (isOpen) for (const wait of settles) soon.add(setTimeout(lookAgain, wait));
  }

  await takePlan();
  await takeNamed(false);
  const first = changes;
  told = changes;
  isOpen = !signal.aborted;
  const timer = setInterval(lookAgain, again);
  signal.addEventListener('abort', () => {
    isOpen = false;
    clearInterval(timer);
    lookAgainSoon();
  });

  return {
    state() {
      known ??= {
        ...source.about,
        objects: inOrder([...listed(), ...named.objects]),
        outcomes: [...[...followed.values()].flatMap(outcomesOf), ...named.outcomes, ...absent].sort(byKind),
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
      const [oldest] = [...followed.values()]
        .filter(({ staleSince }) => staleSince !== undefined)
        .sort((a, b) => (a.staleSince ?? 0) - (b.staleSince ?? 0));
      return {
        staleSince: oldest?.staleSince,
        trouble: oldest?.trouble instanceof ClusterError ? oldest.trouble : undefined,
        feeds: followed.size,
        changes: changes - first,
        restarts: [...restarts.values()],
      };
    },
    close: () => ended.abort(),
  };
}
