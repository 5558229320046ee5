// Lists in pages and watches of the API server for tests, while objects change under them.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ask, type Following, follow } from './ask.ts';
import { asList, asObject, asText, at, type Json } from './objects.ts';
import { objectsOfSeries } from './series.ts';
import { type ApiServer, startApiServer } from './start.ts';

let server: ApiServer;
beforeEach(async () => {
  server = await startApiServer({
    objects: ['a', 'b', 'c', 'd', 'e'].map((name) => configMap(name)),
    bookmarkEveryMs: 20,
  });
});
afterEach(() => server.stop());

const path = '/api/v1/namespaces/shop/configmaps';

describe('pages', () => {
  test('show what there was when the first was cut', async () => {
    const first = await list('limit=2');
    expect(first.names).toEqual(['a', 'b']);
    expect(first.metadata).toMatchObject({ remainingItemCount: 3 });
    await server.apply([configMap('bb'), configMap('f')]);
    await server.remove([configMap('d')]);
    const second = await list(`limit=2&continue=${first.token}`);
    const third = await list(`limit=2&continue=${second.token}`);
    expect([second.names, third.names]).toEqual([['c', 'd'], ['e']]);
    expect(third.metadata).toEqual({ resourceVersion: asText(first.metadata.resourceVersion) });
    expect((await list('')).names).toEqual(['a', 'b', 'bb', 'c', 'e', 'f']);
  });

  test('tell how many remain only where nothing is selected', async () => {
    const { metadata, names } = await list('limit=2&labelSelector=own!%3Dc');
    expect(names).toEqual(['a', 'b']);
    expect(Object.keys(metadata)).toEqual(['resourceVersion', 'continue']);
  });

  test('end without a token where nothing more is selected', async () => {
    const { metadata, names } = await list('limit=2&labelSelector=own%20in%20(a,b)');
    expect(names).toEqual(['a', 'b']);
    expect(Object.keys(metadata)).toEqual(['resourceVersion']);
  });

  test('are not cut for version 0', async () => {
    expect((await list('limit=2&resourceVersion=0')).names).toHaveLength(5);
  });

  test('expire with history; the new token reads on in what there is now', async () => {
    const { token } = await list('limit=2');
    await server.remove([configMap('c')]);
    await server.compact();
    const answer = await ask(server, `${path}?limit=2&continue=${token}`);
    expect(answer.status).toBe(410);
    const status = JSON.parse(answer.text);
    expect(status).toMatchObject({ kind: 'Status', reason: 'Expired', code: 410 });
    const rest = await list(`limit=5&continue=${asText(at(status, 'metadata', 'continue'))}`);
    expect(rest.names).toEqual(['d', 'e']);
  });

  test('may not name a version besides their token', async () => {
    const { token } = await list('limit=2');
    const answer = await ask(server, `${path}?limit=2&continue=${token}&resourceVersion=1`);
    expect(answer.status).toBe(400);
  });
});

describe('watches', () => {
  test('show what changes from a version on', async () => {
    const { metadata } = await list('');
    await server.apply([configMap('early')]);
    const following = follow(server, watchFrom(asText(metadata.resourceVersion)));
    await sees(following, ['ADDED early']);
    await server.apply([configMap('early', { own: 'x' })]);
    await server.remove([configMap('early')]);
    await sees(following, ['ADDED early', 'MODIFIED early', 'DELETED early']);
    following.leave();
    await expect.poll(async () => (await server.facts()).watchers).toBe(0);
  });

  test('take objects that leave the selection for deleted', async () => {
    const following = follow(server, `${path}?watch=true&labelSelector=own%3Da`);
    await sees(following, ['ADDED a']);
    await server.apply([configMap('a', { own: 'other' }), configMap('b', { own: 'a' })]);
    await sees(following, ['ADDED a', 'DELETED a', 'ADDED b']);
    following.leave();
  });

  test('send what there is first, with a bookmark after it, to those who ask', async () => {
    const initial = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const following = follow(server, `${path}?watch=true&${initial}`);
    await expect.poll(() => following.events.length).toBeGreaterThan(5);
    expect(following.events[5]).toMatchObject({
      type: 'BOOKMARK',
      object: {
        kind: 'ConfigMap',
        metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } },
      },
    });
    following.leave();
  });

  test('send bookmarks of the newest version to those who ask', async () => {
    const { metadata } = await list('');
    const version = asText(metadata.resourceVersion);
    const following = follow(server, `${watchFrom(version)}&allowWatchBookmarks=true`);
    const others = follow(server, watchFrom(version));
    await server.apply([{ ...configMap('x'), kind: 'Secret' }]);
    await expect
      .poll(() => following.events.map(({ object }) => Number(at(object, 'metadata', 'resourceVersion'))))
      .toContain(Number(version) + 1);
    expect(others.events).toEqual([]);
    following.leave();
    others.leave();
  });

  test('from a version that is forgotten get the error inside the stream', async () => {
    const { metadata } = await list('');
    await server.apply([configMap('x')]);
    await server.compact();
    const following = follow(server, watchFrom(asText(metadata.resourceVersion)));
    await expect(following.end).resolves.toMatchObject({ status: 200 });
    expect(following.events).toMatchObject([{ type: 'ERROR', object: { kind: 'Status', code: 410 } }]);
  });

  test('end when their time is over, or when the test says so', async () => {
    const version = asText((await list('')).metadata.resourceVersion);
    await follow(server, `${watchFrom(version)}&timeoutSeconds=1`).end;
    const following = follow(server, watchFrom(version));
    await expect.poll(async () => (await server.facts()).watchers).toBe(1);
    await server.endWatches(500);
    await following.end;
    expect(following.events).toMatchObject([{ type: 'ERROR', object: { code: 500 } }]);
  });

  test('break when the server goes, and go on where they were when it is back', async () => {
    const version = asText((await list('')).metadata.resourceVersion);
    const following = follow(server, watchFrom(version));
    await expect.poll(async () => (await server.facts()).watchers).toBe(1);
    await server.pause();
    await expect(following.end).rejects.toThrow();
    await expect(ask(server, path)).rejects.toThrow(/ECONNREFUSED/);
    await server.apply([configMap('meanwhile')]);
    await server.resume();
    const again = follow(server, watchFrom(version));
    await sees(again, ['ADDED meanwhile']);
    again.leave();
  });
});

test('objects can be created, replaced, patched and deleted through the API', async () => {
  const created = await ask(server, path, { body: { metadata: { generateName: 'new-' }, data: { a: '1' } } });
  expect(created.status).toBe(201);
  const name = asText(at(JSON.parse(created.text), 'metadata', 'name'));
  expect(name).toMatch(/^new-./);
  const one = `${path}/${name}`;
  expect((await ask(server, path, { body: { metadata: { name } } })).status).toBe(409);
  const patched = await ask(server, one, { method: 'PATCH', body: { data: { a: null, b: '2' } } });
  expect(JSON.parse(patched.text).data).toEqual({ b: '2' });
  const stale = { metadata: { resourceVersion: '1' } };
  expect((await ask(server, one, { method: 'PUT', body: stale })).status).toBe(409);
  expect((await ask(server, one, { method: 'DELETE' })).status).toBe(200);
  expect((await ask(server, one)).status).toBe(404);
  expect(await server.objects('configmaps')).toHaveLength(5);
});

test('a definition adds its resource while the server runs', async () => {
  const names = { plural: 'things', kind: 'Thing' };
  const versions = [{ name: 'v1', served: true, storage: true }];
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.new.example' },
    spec: { group: 'new.example', scope: 'Cluster', names, versions },
  };
  expect((await ask(server, '/apis/new.example/v1/things')).status).toBe(404);
  await server.apply([definition]);
  expect((await ask(server, '/apis/new.example/v1/things')).status).toBe(200);
  await server.remove([definition]);
  expect((await ask(server, '/apis/new.example/v1/things')).status).toBe(404);
});

test('a series is listed as if its objects were there', async () => {
  const series = { count: 25, namespaces: 2, object: configMap('map-{i}', { own: 'in-{n}' }) };
  const many = await startApiServer({ series: [series] });
  try {
    const answer = await ask(many, '/api/v1/configmaps?limit=20&labelSelector=own%3Din-1');
    const { items, metadata } = JSON.parse(answer.text);
    expect(asList(items)).toHaveLength(12);
    expect(asObject(metadata).continue).toBeUndefined();
    const [first] = objectsOfSeries(series);
    expect((await ask(many, `${path}/map-0`)).text).toContain('"name":"map-0"');
    expect(first).toEqual(configMap('map-0', { own: 'in-0' }));
  } finally {
    await many.stop();
  }
});

function configMap(name: string, labels: Json = { own: name }): Json {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop', labels } };
}

function watchFrom(version: string): string {
  return `${path}?watch=true&resourceVersion=${version}`;
}

async function list(query: string): Promise<{ names: string[]; metadata: Json; token: string }> {
  const answer = await ask(server, `${path}?${query}`);
  expect(answer.status).toBe(200);
  const { items, metadata } = asObject(JSON.parse(answer.text));
  const names = asList(items).map((item) => asText(at(item, 'metadata', 'name')));
  return { names, metadata: asObject(metadata), token: asText(asObject(metadata).continue) };
}

/** Waits for these events and no others. */
async function sees({ events }: Following, expected: readonly string[]): Promise<void> {
  await expect
    .poll(() => events.map(({ type, object }) => `${asText(type)} ${asText(at(object, 'metadata', 'name'))}`))
    .toEqual(expected);
}
