import { afterEach, describe, expect, test } from 'vitest';
import type { KindOutcome, LiveObject } from '../../model/live.ts';
import type { WatchStart } from './follow.ts';
import type { KindFeed, KindListing } from './keep-kind.ts';
import { type ClusterWatch, type WatchSource, watchCluster } from './watch.ts';

/** One resource of a server that remembers its changes, and can be told to fail. */
function createResource(resource: string) {
  const objects = new Map<string, { version: number; labels: Record<string, string>; phase: string }>();
  let history: { version: number; event: unknown }[] = [];
  const streams = new Set<{ push(event: unknown): void; end(error?: Error): void }>();
  const calls = { lists: 0, watches: [] as string[] };
  const state = { down: false, forbidden: false, unwatchable: false, version: 100, oldest: 0, absent: false };

  const written = (name: string) => {
    const { version, labels, phase } = objects.get(name) ?? { version: 0, labels: {}, phase: '' };
    return {
      metadata: { namespace: 'shop', name, resourceVersion: `${version}`, labels },
      status: { phase },
    };
  };
  function tell(type: string, name: string): void {
    const event = {
      type,
      object: {
        ...written(name),
        metadata: { ...written(name).metadata, resourceVersion: `${state.version}` },
      },
    };
    history.push({ version: state.version, event });
    for (const { push } of streams) push(event);
  }
  const outcome = (kindState: KindOutcome['state'], count = 0): KindOutcome => ({
    kind: 'VirtualService',
    resource,
    group: '',
    state: kindState,
    namespaces: 'all',
    count,
  });
  const take = ({ metadata }: Record<string, unknown>): LiveObject => {
    const { resourceVersion: _, ...kept } = metadata as Record<string, unknown>;
    return { value: { apiVersion: 'v1', kind: 'Thing', metadata: kept } };
  };
  const feed: KindFeed = {
    key: resource,
    resource,
    take,
    unread: () => [outcome('network')],
    async list(): Promise<KindListing> {
      calls.lists++;
      if (state.down) throw new Error('refused');
      if (state.forbidden) return { objects: [], outcomes: [outcome('forbidden')] };
      const all = [...objects.keys()].sort().map((name) => take(written(name)));
      return { objects: all, outcomes: [outcome('ok', all.length)], resourceVersion: `${state.version}` };
    },
    async *watch({ resourceVersion, signal, opened }: WatchStart) {
      calls.watches.push(resourceVersion);
      if (state.down) throw new Error('refused');
      const from = Number(resourceVersion);
      if (from < state.oldest) return yield { type: 'ERROR', object: { code: 410, message: 'too old' } };
      if (state.forbidden || state.unwatchable)
        return yield { type: 'ERROR', object: { code: 403, message: 'no' } };
      opened();
      const queue = history.filter(({ version }) => version > from).map(({ event }) => event);
      let wake = () => {};
      let end: { error?: Error } | undefined;
      const stream = {
        push(event: unknown) {
          queue.push(event);
          wake();
        },
        end(error?: Error) {
          streams.delete(stream);
          end = error === undefined ? {} : { error };
          wake();
        },
      };
      streams.add(stream);
      signal.addEventListener('abort', () => stream.end());
      try {
        for (;;) {
          while (queue.length > 0) yield queue.shift();
          if (end !== undefined) break;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        if (end.error !== undefined) throw end.error;
      } finally {
        streams.delete(stream);
      }
    },
  };
  return {
    feed,
    calls,
    state,
    streams,
    set(name: string, labels: Record<string, string>, phase = '') {
      const type = objects.has(name) ? 'MODIFIED' : 'ADDED';
      objects.set(name, { version: ++state.version, labels, phase });
      tell(type, name);
    },
    remove(name: string) {
      if (!objects.has(name)) return;
      state.version++;
      tell('DELETED', name);
      objects.delete(name);
    },
    bookmark() {
      state.version += 10;
      for (const { push } of streams)
        push({ type: 'BOOKMARK', object: { metadata: { resourceVersion: `${state.version}` } } });
    },
    send(event: unknown) {
      for (const { push } of streams) push(event);
    },
    /** Forgets all history, as etcd does every five minutes. */
    compact() {
      history = [];
      state.oldest = state.version;
    },
    end(error?: Error) {
      for (const { end } of [...streams]) end(error);
    },
    fresh: () => [...objects.keys()].sort().map((name) => take(written(name)).value),
  };
}

type Resource = ReturnType<typeof createResource>;
const open: ClusterWatch[] = [];
afterEach(() => {
  for (const watch of open.splice(0)) watch.close();
});

async function start(resources: readonly Resource[], more: Partial<WatchSource> = {}, again = 60_000) {
  const source: WatchSource = {
    about: { cluster: 'test', server: 'https://test' },
    plan: async () => ({
      feeds: resources.filter(({ state }) => !state.absent).map(({ feed }) => feed),
      absent: [],
    }),
    requests: () => [],
    warnings: () => [],
    ...more,
  };
  const pace = { first: 5, most: 20, refused: 30 };
  const watch = await watchCluster(source, { pace, quiet: 5, again, settles: [5] });
  open.push(watch);
  return watch;
}

/** Waits until the state is what a fresh reading would give. */
async function settled(watch: ClusterWatch, resources: readonly Resource[]): Promise<void> {
  const names = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).sort();
  await expect
    .poll(() => names(watch.state().objects.map(({ value }) => value)), { timeout: 5000, interval: 5 })
    .toEqual(names(resources.flatMap(({ fresh }) => fresh())));
}

test('what is read first is not told as a change; what comes, changes and goes is', async () => {
  const things = createResource('things');
  things.set('a', {});
  const watch = await start([things]);
  expect(watch.state().objects).toHaveLength(1);
  expect(watch.state()).toBe(watch.state());
  for (const change of [
    () => things.set('b', {}),
    () => things.set('a', { x: '1' }),
    () => things.remove('b'),
  ]) {
    const told = watch.changed();
    change();
    expect(await told).toBe(true);
    await settled(watch, [things]);
  }
  expect(things.calls.lists).toBe(1);
  expect(things.calls.watches).toHaveLength(1);
});

test('what no rule reads is no change', async () => {
  const things = createResource('things');
  things.set('a', {});
  const watch = await start([things]);
  const before = watch.state();
  for (let i = 0; i < 50; i++) things.set('a', {}, `phase ${i}`);
  const told = watch.changed();
  things.set('b', {});
  await told;
  expect(watch.health.changes).toBe(1);
  expect(watch.state()).not.toBe(before);
});

test('a burst is told once', async () => {
  const things = createResource('things');
  const watch = await start([things]);
  const told = watch.changed();
  for (let i = 0; i < 100; i++) things.set(`a${i}`, {});
  await told;
  expect(watch.state().objects).toHaveLength(100);
});

describe('survives', () => {
  const cases: readonly {
    name: string;
    trouble: (things: Resource) => void | Promise<void>;
    lists: number;
  }[] = [
    { name: 'the end of a stream, without a new list', trouble: (things) => things.end(), lists: 1 },
    {
      name: 'a lost connection, without a new list',
      trouble: (things) => things.end(new Error('reset')),
      lists: 1,
    },
    {
      name: 'ERROR 410 in the stream, with a new list',
      trouble: (things) => things.send({ type: 'ERROR', object: { code: 410 } }),
      lists: 2,
    },
    {
      name: 'a history that is gone when the stream ends',
      trouble(things) {
        things.end();
        things.set('unseen', {});
        things.compact();
      },
      lists: 2,
    },
    {
      name: 'history that is gone, where bookmarks have told of it',
      async trouble(things) {
        things.bookmark();
        things.compact();
        await new Promise((resolve) => setTimeout(resolve, 20));
        things.end();
      },
      lists: 1,
    },
    {
      name: 'an error of the server in the stream, without a new list',
      trouble: (things) => things.send({ type: 'ERROR', object: { code: 500 } }),
      lists: 1,
    },
    {
      name: 'something that is no event',
      trouble: (things) => things.send('<html>'),
      lists: 1,
    },
    {
      name: 'an API server that restarts',
      async trouble(things) {
        things.state.down = true;
        things.end(new Error('reset'));
        things.remove('a');
        await new Promise((resolve) => setTimeout(resolve, 60));
        things.state.down = false;
      },
      lists: 1,
    },
    {
      name: 'rights that are taken and given back',
      async trouble(things) {
        things.state.forbidden = true;
        things.end();
        await new Promise((resolve) => setTimeout(resolve, 50));
        things.state.forbidden = false;
      },
      lists: Number.NaN,
    },
  ];
  test.each(cases)('$name', async ({ trouble, lists }) => {
    const things = createResource('things');
    for (const name of ['a', 'b', 'c']) things.set(name, {});
    const watch = await start([things]);
    await trouble(things);
    things.set('later', {});
    await settled(watch, [things]);
    if (!Number.isNaN(lists)) expect(things.calls.lists).toBe(lists);
    await expect.poll(() => watch.health.staleSince).toBeUndefined();
    expect(watch.state().outcomes).toMatchObject([{ state: 'ok', count: things.fresh().length }]);
  });
});

test('what is the same in a new list is the same object', async () => {
  const things = createResource('things');
  things.set('a', {});
  things.set('b', {});
  const watch = await start([things]);
  const before = watch.state().objects[0];
  things.end(new Error('reset'));
  things.set('b', { x: '1' });
  things.compact();
  await settled(watch, [things]);
  expect(things.calls.lists).toBe(2);
  expect(watch.state().objects[0]).toBe(before);
});

test('while the server is away, what is known is kept and called stale', async () => {
  const things = createResource('things');
  things.set('a', {});
  const watch = await start([things]);
  things.state.down = true;
  things.end(new Error('reset'));
  await expect.poll(() => watch.health.staleSince).toBeTypeOf('number');
  expect(watch.state().objects).toHaveLength(1);
  expect(watch.state().outcomes).toMatchObject([{ state: 'ok' }]);
  expect(watch.health.restarts).toMatchObject([{ resource: 'things', why: 'lost' }]);
});

test('a kind that may no longer be read is unknown, not gone', async () => {
  const things = createResource('things');
  things.set('a', {});
  const watch = await start([things]);
  things.state.forbidden = true;
  things.end();
  await expect.poll(() => watch.state().outcomes[0]?.state).toBe('forbidden');
  expect(watch.state().objects).toEqual([]);
});

test('a kind that may be listed and not watched is read now and then', async () => {
  const things = createResource('things');
  things.set('a', {});
  things.state.unwatchable = true;
  const watch = await start([things]);
  things.set('b', {});
  await settled(watch, [things]);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(things.calls.lists).toBeLessThan(8);
  expect(watch.state().outcomes).toMatchObject([{ state: 'ok', count: 2 }]);
  expect(watch.health.restarts).toMatchObject([{ why: 'refused' }]);
});

test('a history that is forgotten at once is not asked for without end', async () => {
  const things = createResource('things');
  things.state.oldest = Number.POSITIVE_INFINITY;
  await start([things]);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(things.calls.lists).toBeLessThan(15);
});

test('a kind that cannot be read at first is unknown until it can', async () => {
  const things = createResource('things');
  things.set('a', {});
  things.state.down = true;
  const watch = await start([things]);
  expect(watch.state().outcomes).toMatchObject([{ state: 'network', count: 0 }]);
  const told = watch.changed();
  things.state.down = false;
  expect(await told).toBe(true);
  await settled(watch, [things]);
});

test('kinds that are installed later are followed, those that go are not', async () => {
  const [things, others] = [createResource('things'), createResource('others')];
  others.set('late', {});
  others.state.absent = true;
  const watch = await start([things, others], {}, 20);
  others.state.absent = false;
  await settled(watch, [things, others]);
  others.state.absent = true;
  await settled(watch, [things]);
  await expect.poll(() => others.streams.size).toBe(0);
});

test('objects that others name are read when they are named', async () => {
  const things = createResource('things');
  const asked: boolean[] = [];
  const watch = await start([things], {
    async readNamed(objects, isAgain) {
      asked.push(isAgain);
      return { objects: objects.map(() => ({ value: { kind: 'Secret' } })), outcomes: [] };
    },
  });
  const told = watch.changed();
  things.set('a', {});
  await told;
  expect(watch.state().objects).toHaveLength(2);
  expect(asked).toEqual([false, false]);
});

test('closing ends every stream and every wait', async () => {
  const things = createResource('things');
  const watch = await start([things]);
  const told = watch.changed();
  watch.close();
  expect(await told).toBe(false);
  await expect.poll(() => things.streams.size).toBe(0);
});

test('over thousands of changes and troubles, the state stays right and nothing piles up', async () => {
  const resources = ['things', 'others'].map(createResource);
  const watch = await start(resources);
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return seed % below;
  };
  let expired = 0;
  let broken = 0;
  for (let i = 0; i < 4000; i++) {
    const things = resources[random(2)];
    if (things === undefined) continue;
    const name = `n${random(40)}`;
    const trouble = random(100);
    if (random(4) === 0) things.remove(name);
    else things.set(name, { at: `${i}` });
    if (trouble === 0) {
      things.compact();
      things.end();
      expired++;
    } else if (trouble === 1) {
      things.end(new Error('reset'));
      broken++;
    } else if (trouble < 5) things.bookmark();
    if (i % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await settled(watch, resources);
  const lists = resources.reduce((sum, { calls }) => sum + calls.lists, 0);
  const watches = resources.reduce((sum, { calls }) => sum + calls.watches.length, 0);
  expect(lists).toBeLessThanOrEqual(2 + expired);
  // One after each list and after each end; a history that is gone costs one more.
  expect(watches).toBeLessThanOrEqual(2 + 2 * expired + broken);
  expect(watch.state().objects).toHaveLength(resources.reduce((sum, { fresh }) => sum + fresh().length, 0));
  expect(resources.map(({ streams }) => streams.size)).toEqual([1, 1]);
  expect(watch.health.feeds).toBe(2);
});
