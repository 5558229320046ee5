// One kind of object of a cluster, read once and then followed: LIST, and WATCH from where the list ended.
import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveObject } from '../../model/live.ts';
import { asObject } from './json.ts';

/** What is followed: the objects of one resource, of all namespaces or of one. */
export interface Feed<L extends Listing = Listing> {
  /** Tells it from all others. */
  readonly key: string;
  /** Reads all of it. Throws what the transport throws, but for what is an answer about this kind alone. */
  list(signal: AbortSignal): Promise<L>;
  /**
   * Events after a version, one JSON value each; ends when the server has had enough of it. A refusal comes as an event
   * of type ERROR.
   */
  watch(from: WatchStart): AsyncIterable<unknown>;
  /** An object of an event as it is kept; undefined for one that is of no interest. */
  take(object: Record<string, unknown>): LiveObject | undefined;
}

export interface WatchStart {
  readonly resourceVersion: string;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  /** Called when the server has accepted, which it may do long before the first event. */
  readonly opened: () => void;
}

/** What a list gave. */
export interface Listing {
  readonly objects: readonly LiveObject[];
  /** Where to watch from; absent when the kind could not be read, and there is nothing to watch. */
  readonly resourceVersion?: string;
}

/** Its history is forgotten, the connection is lost, or the server does not let it be watched. */
export type Restart = 'expired' | 'lost' | 'refused';

/** Who keeps what a feed gives. */
export interface Keeper<L extends Listing> {
  /** All that there is now. */
  replace(listing: L): void;
  /** One object came or changed; undefined when it went. */
  put(name: string, object: LiveObject | undefined): void;
  /** The server answers: what is kept is what the cluster has. */
  reached(): void;
  /** It does not: what is kept may be older. */
  failed(error: unknown): void;
  /** The feed had to begin anew, or to connect again. */
  restarted(why: Restart): void;
}

export interface Pace {
  /** Milliseconds to wait after the first failure in a row; each further one doubles it. */
  readonly first: number;
  /** The most that is waited. */
  readonly most: number;
  /** Milliseconds until a kind that could not be read is asked for again. */
  readonly refused: number;
}

const usualPace: Pace = { first: 500, most: 30_000, refused: 60_000 };

/** Seconds that the server shall keep a watch open, at random so that not all end together (as client-go does: 5 to 10 minutes). */
function watchSeconds(): number {
  return 290 + Math.floor(Math.random() * 301);
}

/** A connection that died without a word is given up this many milliseconds after the server should have ended it. */
const GRACE = 30_000;

/** How a stream of events ended. */
type End = 'done' | 'expired' | 'lost' | 'refused';

/**
 * Follows a feed until the signal aborts. Whatever happens in between (the server restarts, forgets old versions,
 * takes rights away), the keeper ends up with what a fresh list would give.
 */
export async function follow<L extends Listing>(
  feed: Feed<L>,
  keeper: Keeper<L>,
  signal: AbortSignal,
  pace: Pace = usualPace,
): Promise<void> {
  let failures = 0;
  let isRefused = false;
  const rest = async (): Promise<void> => {
    const longest = Math.min(pace.most, pace.first * 2 ** failures++);
    await pause(longest * (0.5 + Math.random() / 2), signal);
  };
  while (!signal.aborted) {
    let listing: L;
    try {
      listing = await feed.list(signal);
    } catch (error) {
      if (signal.aborted) return;
      keeper.failed(error);
      await rest();
      continue;
    }
    keeper.replace(listing);
    keeper.reached();
    // Who may not list, or list and not watch, looks again now and then.
    if (listing.resourceVersion === undefined || isRefused) {
      await pause(pace.refused * (0.8 + Math.random() * 0.4), signal);
    }
    isRefused = false;
    if (listing.resourceVersion === undefined) continue;
    const place = { version: listing.resourceVersion };
    for (;;) {
      const begun = Date.now();
      const end = await watchOnce(feed, keeper, place, signal);
      if (signal.aborted) return;
      if (end === 'expired') {
        keeper.restarted('expired');
        // A server whose every list has expired already must not be asked without end.
        if (Date.now() - begun < 1000) await rest();
        break;
      }
      if (end === 'lost') keeper.restarted('lost');
      if (end === 'refused') {
        keeper.restarted('refused');
        isRefused = true;
        break;
      }
      if (Date.now() - begun >= 5000) failures = 0;
      if (end === 'lost' || Date.now() - begun < 1000) await rest();
    }
  }
}

/** One watch, from where the last one ended. */
async function watchOnce<L extends Listing>(
  feed: Feed<L>,
  keeper: Keeper<L>,
  place: { version: string },
  signal: AbortSignal,
): Promise<End> {
  const seconds = watchSeconds();
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), seconds * 1000 + GRACE);
  const end = (): void => stop.abort();
  signal.addEventListener('abort', end);
  try {
    const { version: resourceVersion } = place;
    const opened = (): void => keeper.reached();
    for await (const event of feed.watch({
      resourceVersion,
      timeoutSeconds: seconds,
      signal: stop.signal,
      opened,
    })) {
      const refusal = takeEvent(feed, keeper, place, event);
      if (refusal !== undefined) return refusal;
    }
    return 'done';
  } catch (error) {
    if (!signal.aborted) keeper.failed(error);
    return 'lost';
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    stop.abort();
  }
}

/** Takes one event in; tells how the stream ended when the event says so. */
function takeEvent<L extends Listing>(
  feed: Feed<L>,
  keeper: Keeper<L>,
  place: { version: string },
  event: unknown,
): End | undefined {
  const { type, object } = asObject(event) ?? {};
  const body = asObject(object);
  const metadata = asObject(body?.metadata);
  if (body === undefined) return 'lost';
  if (type === 'ERROR') {
    const end = afterError(body.code);
    if (end === 'lost')
      keeper.failed(new Error(typeof body.message === 'string' ? body.message : 'an error'));
    return end;
  }
  if (typeof metadata?.resourceVersion === 'string') place.version = metadata.resourceVersion;
  if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') {
    keeper.put(nameOf(metadata), type === 'DELETED' ? undefined : feed.take(body));
  }
  return undefined;
}

/**
 * Too old a version, and a kind that is gone, are for a new list to tell; everything else is a server in trouble, where
 * the version still holds.
 */
function afterError(code: unknown): End {
  if (code === 401 || code === 403 || code === 405) return 'refused';
  return code === 410 || code === 404 || code === 400 ? 'expired' : 'lost';
}

/** `namespace/name`, which tells objects of one feed apart. */
export function nameOf(metadata: Record<string, unknown> | undefined): string {
  return `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;
}

/** Waits, or until the signal aborts. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch {
    // The signal: whoever waits looks at it next.
  }
}
