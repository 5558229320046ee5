// What is known of one kind of a cluster that is followed.
import type { KindOutcome, LiveObject } from '../../model/live.ts';
import { type Feed, type Keeper, type Listing, nameOf } from './follow.ts';
import { asObject } from './json.ts';

/** What reading one kind gave; several outcomes where only some namespaces could be read. */
export interface KindListing extends Listing {
  readonly outcomes: readonly KindOutcome[];
}

export interface KindFeed extends Feed<KindListing> {
  readonly resource: string;
  /** What is said of the kind while it could not be read at all. */
  unread(error: unknown): readonly KindOutcome[];
  /** Its objects are kinds: when they change, the server offers others. */
  readonly tellsKinds?: boolean;
}

/** A kind that is followed. */
export interface Followed {
  readonly feed: KindFeed;
  readonly objects: Map<string, LiveObject>;
  readonly stop: AbortController;
  outcomes: readonly KindOutcome[] | undefined;
  /** Since when it may be older than the cluster, in milliseconds since 1970. */
  staleSince: number | undefined;
  /** What keeps it from being read or followed then. */
  trouble: unknown;
}

export interface Events {
  /** Something changed that rules may read. */
  changed(): void;
  /** It was read for the first time, or could not be. */
  settled(): void;
  restarted: Keeper<KindListing>['restarted'];
}

/** Keeps what is known of one kind as the cluster has it. */
export function keepKind(entry: Followed, events: Events): Keeper<KindListing> {
  const { feed, objects } = entry;

  function setOutcomes(outcomes: readonly KindOutcome[]): boolean {
    const isNew = !isSame(entry.outcomes?.map(uncounted), outcomes.map(uncounted));
    entry.outcomes = outcomes;
    return isNew;
  }

  return {
    replace(listing) {
      const fresh = new Map(
        listing.objects.map((object) => {
          const name = nameOfObject(object);
          const known = objects.get(name);
          // What did not change stays the same object, so that nobody has to look at it again.
          return [name, known !== undefined && isSame(known.value, object.value) ? known : object];
        }),
      );
      const isNew = setOutcomes(listing.outcomes);
      if (!isNew && holdsSame(objects, fresh)) return;
      objects.clear();
      for (const [name, object] of fresh) objects.set(name, object);
      events.changed();
    },
    put(name, object) {
      // Most events change what no rule reads: the status of a pod, a resource version.
      if (isSame(objects.get(name)?.value, object?.value)) return;
      if (object === undefined) objects.delete(name);
      else objects.set(name, object);
      events.changed();
    },
    reached() {
      entry.staleSince = undefined;
      entry.trouble = undefined;
      events.settled();
    },
    failed(error) {
      entry.staleSince ??= Date.now();
      entry.trouble = error;
      // What was read once still holds, as far as anybody knows.
      const isKnown = entry.outcomes?.some(({ state }) => state === 'ok') === true;
      if (!isKnown && setOutcomes(feed.unread(error))) events.changed();
      events.settled();
    },
    restarted: events.restarted,
  };
}

/** The count of what is followed as a whole changes with every object. */
export function outcomesOf({ feed, outcomes, objects }: Followed): readonly KindOutcome[] {
  const known = outcomes ?? feed.unread(undefined);
  return known.map((outcome) => (known.length === 1 ? { ...outcome, count: objects.size } : outcome));
}

export function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function uncounted({ count: _, ...outcome }: KindOutcome): object {
  return outcome;
}

function nameOfObject({ value }: LiveObject): string {
  return nameOf(asObject(value.metadata));
}

function holdsSame(before: ReadonlyMap<string, LiveObject>, now: ReadonlyMap<string, LiveObject>): boolean {
  return before.size === now.size && [...now].every(([name, object]) => before.get(name) === object);
}
