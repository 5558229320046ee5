import { describe, expect, test } from 'vitest';
import { type FakeCluster, type Fault, faults } from '../../../test/support/fake-transport.ts';
import { failure, names, read, trouble, usual, whole } from '../../../test/support/reading.ts';
import type { KindOutcome } from '../../model/live.ts';

const PODS = /^\/api\/v1\/pods\?/;
const SECOND_PAGE = /^\/api\/v1\/pods\?.*continue=2/;

/** What goes by without leaving a trace; how many milliseconds it takes at least and at most. */
const passing: readonly [string, FakeCluster, number, number][] = [
  ['503 once', { faults: [{ match: PODS, status: 503, times: 1 }] }, 200, 300],
  ['a connection reset once', { faults: [{ match: PODS, error: faults.reset, times: 1 }] }, 200, 300],
  ['resets three times', { faults: [{ match: SECOND_PAGE, error: faults.reset, times: 3 }] }, 1600, 1900],
  ['an answer that stands still once', { faults: [{ match: PODS, error: faults.idle, times: 1 }] }, 200, 300],
  [
    '429 twice, with Retry-After',
    { faults: [{ match: PODS, status: 429, retryAfter: '1', times: 2 }] },
    2000,
    2500,
  ],
  ['503 with Retry-After', { faults: [{ match: PODS, status: 503, retryAfter: '3', times: 1 }] }, 3000, 3250],
  ['503 for /version', { faults: [{ match: /^\/version/, status: 503, times: 1 }] }, 200, 300],
  [
    'a reset at first contact',
    { faults: [{ match: /^\/version/, error: faults.reset, times: 1 }] },
    200,
    300,
  ],
  ['410 in the middle of a list', { faults: [{ match: SECOND_PAGE, status: 410, times: 1 }] }, 0, 0],
  ['410 twice', { faults: [{ match: SECOND_PAGE, status: 410, times: 2 }] }, 0, 0],
  ['discovery of one group at a time', { discovery: 'legacy' }, 0, 0],
  ['nobody but admins may read /version', { faults: [{ match: /^\/version/, status: 403 }] }, 0, 0],
];

describe('nobody notices', () => {
  test.each(passing)('%s', async (_, cluster, least, most) => {
    const { state, took } = await read(cluster);
    expect(state.objects).toEqual(whole.objects);
    expect(state.outcomes).toEqual(whole.outcomes);
    expect(took).toBeGreaterThanOrEqual(least);
    expect(took).toBeLessThanOrEqual(most);
  });
});

const page = { kind: 'PodList', metadata: {}, items: [{ metadata: { name: 'x' } }, 'no object'] };
/** Faults of one kind, and what its outcome is; the other kinds are read all the same. */
const lasting: readonly [string, readonly Fault[], Partial<KindOutcome>][] = [
  [
    '403',
    [{ match: /\/pods\?/, status: 403 }],
    { state: 'forbidden', permission: '- {apiGroups: [""], resources: [pods], verbs: [list]}' },
  ],
  [
    '500 without end',
    [{ match: PODS, status: 500 }],
    { state: 'server-error', detail: 'something is wrong (500)' },
  ],
  ['429 without end', [{ match: PODS, status: 429 }], { state: 'throttled' }],
  ['429 that asks for too much', [{ match: PODS, status: 429, retryAfter: '3600' }], { state: 'throttled' }],
  [
    'resets without end',
    [{ match: PODS, error: faults.reset }],
    { state: 'network', detail: 'the connection was reset' },
  ],
  ['the server is gone', [{ match: PODS, error: faults.refused }], { state: 'network' }],
  ['answers that stand still', [{ match: PODS, error: faults.idle }], { state: 'timeout' }],
  ['a login page', [{ match: PODS, error: faults.login }], { state: 'bad-body' }],
  [
    'a login page with status 200',
    [{ match: PODS, text: '<html>' }],
    { state: 'bad-body', detail: 'the answer is no list of objects but text/html' },
  ],
  [
    'something else in JSON',
    [{ match: PODS, body: { kind: 'Pod' } }],
    { state: 'bad-body', detail: 'the answer is no list of objects but a Pod' },
  ],
  ['items that are no objects', [{ match: PODS, body: page }], { state: 'bad-body' }],
  ['no answer at all', [{ match: PODS, hang: true }], { state: 'timeout' }],
  ['a page lost half-way', [{ match: SECOND_PAGE, status: 500 }], { state: 'server-error' }],
  ['a page that never ends', [{ match: SECOND_PAGE, hang: true }], { state: 'timeout' }],
  [
    'a page that comes again',
    [{ match: SECOND_PAGE, body: { kind: 'PodList', metadata: { continue: '2' }, items: [] } }],
    { state: 'bad-body' },
  ],
  ['410 without end', [{ match: SECOND_PAGE, status: 410 }], { state: 'expired' }],
  [
    '410 to every token',
    [{ match: /pods\?.*continue=/, status: 410, body: { kind: 'Status', metadata: { continue: 'x' } } }],
    { state: 'expired' },
  ],
  ['404, though discovery names it', [{ match: PODS, status: 404 }], { state: 'bad-body' }],
];

describe('one kind is unknown, the others are read', () => {
  test.each(lasting)('%s', async (_, list, expected) => {
    const { state, took, log } = await read({ faults: list });
    const own = state.outcomes.filter(({ kind }) => kind === 'Pod');
    expect(own).toMatchObject([{ ...expected, namespaces: 'all', count: 0 }]);
    expect(names(state)).toEqual(names(whole).filter((name) => !name.startsWith('Pod ')));
    expect(state.outcomes.filter(({ kind }) => kind !== 'Pod')).toEqual(
      whole.outcomes.filter(({ kind }) => kind !== 'Pod'),
    );
    expect(took).toBeLessThanOrEqual(usual.timeout);
    expect(log.filter((path) => path.includes('/pods?')).length).toBeLessThanOrEqual(9);
  });

  test('a list that keeps expiring is put together, and does not count as whole', async () => {
    const body = { kind: 'Status', code: 410, metadata: { continue: '4' } };
    const { state } = await read({ faults: [{ match: SECOND_PAGE, status: 410, body, times: 3 }] });
    expect(trouble(state)).toMatchObject([{ kind: 'Pod', state: 'expired', count: 4 }]);
    expect(names(state).filter((name) => name.startsWith('Pod'))).toEqual([
      'Pod shop/a',
      'Pod shop/b',
      'Pod shop/e',
      'Pod store/a',
    ]);
  });
});

/** What leaves nothing to analyze: the code of the error, and the milliseconds until it is there. */
const fatal: readonly [string, readonly Fault[], string, number, number?][] = [
  ['a refused connection', [{ match: /version/, error: faults.refused }], 'network', 0, 1],
  ['rejected credentials', [{ match: /version/, error: faults.unauthorized }], 'unauthorized', 0, 1],
  ['a web page at first', [{ match: /version/, error: faults.login }], 'not-kubernetes', 0, 1],
  ['some other server', [{ match: /version/, body: { hello: 'world' } }], 'not-kubernetes', 0, 1],
  ['a path without a server', [{ match: /version/, status: 404 }], 'not-kubernetes', 0, 1],
  ['503 without end', [{ match: /version/, status: 503 }], 'network', 2000, 4],
  ['no kinds to see', [{ match: /^\/apis$/, status: 403 }], 'forbidden', 0, 2],
  ['kinds that are none', [{ match: /^\/apis$/, body: { kind: 'APIVersions' } }], 'not-kubernetes', 0, 2],
  ['no answer at first', [{ match: /version/, hang: true }], 'timeout', 60_000, 1],
  ['no answer about kinds', [{ match: /^\/apis$/, hang: true }], 'timeout', 60_000, 2],
  ['credentials that end half-way', [{ match: SECOND_PAGE, error: faults.unauthorized }], 'unauthorized', 0],
];

describe('nothing can be read', () => {
  test.each(fatal)('%s', async (_, list, code, within, requests) => {
    const error = await failure({ faults: list });
    expect(error).toMatchObject({ code, help: expect.any(String), took: expect.any(Number) });
    expect(error.took).toBeLessThanOrEqual(within);
    if (requests !== undefined) expect(error.requests).toBe(requests);
  });

  test('an interrupt ends it with the reason that was given', async () => {
    const interrupt = new AbortController();
    const latency = (path: string): number => {
      if (path.includes('pods')) interrupt.abort(new Error('Ctrl-C'));
      return 5;
    };
    expect(await failure({ latency }, { signal: interrupt.signal })).toMatchObject({ message: 'Ctrl-C' });
  });
});

test('what was read before the time was up is kept, the rest is unknown', async () => {
  const { state, took } = await read(
    { faults: [{ match: /virtualservices|services\?/, hang: true }] },
    { timeout: 5000 },
  );
  expect(took).toBe(5000);
  expect(trouble(state).map(({ kind, state: how }) => `${kind} ${how}`)).toEqual([
    'Service timeout',
    'VirtualService timeout',
  ]);
  expect(names(state)).toContain('Pod shop/a');
});

describe('whoever may only see a namespace', () => {
  const everywhere = (path: RegExp): Fault => ({ match: path, status: 403 });
  const limited = [everywhere(/^\/api\/v1\/[a-z]+\?/), everywhere(/^\/apis\/[^/]+\/[^/]+\/[a-z]+\?/)];

  test('sees that, and is told what else it takes', async () => {
    const { state } = await read({ faults: limited }, { namespaces: ['shop'] });
    const pods = state.outcomes.filter(({ kind }) => kind === 'Pod');
    expect(pods).toMatchObject([
      {
        state: 'forbidden',
        namespaces: 'all',
        count: 0,
        permission: '- {apiGroups: [""], resources: [pods], verbs: [list]}',
      },
      { state: 'ok', namespaces: ['shop'], count: 5 },
    ]);
    expect(names(state)).not.toContain('Pod store/a');
    expect(names(state)).toContain('VirtualService shop/web');
    expect(state.outcomes.filter(({ kind }) => kind === 'Namespace')).toMatchObject([
      { state: 'forbidden', namespaces: 'all' },
      { state: 'ok', namespaces: [], names: ['shop'], count: 1 },
    ]);
  });

  test('sees nothing of a namespace that is closed, too', async () => {
    const faultsOf = [...limited, everywhere(/\/namespaces\/store\//)];
    const { state } = await read({ faults: faultsOf }, { namespaces: ['shop', 'store'] });
    expect(state.outcomes.filter(({ kind }) => kind === 'Pod').map(({ namespaces }) => namespaces)).toEqual([
      'all',
      ['shop'],
    ]);
  });

  test('sees nothing without a namespace to try', async () => {
    const { state } = await read({ faults: limited });
    expect(names(state).filter((name) => name.startsWith('Pod'))).toEqual([]);
    expect(state.outcomes.filter(({ kind }) => kind === 'Pod')).toMatchObject([{ state: 'forbidden' }]);
  });

  test('gets the settings of Istio by their names', async () => {
    const { state, log } = await read({ faults: [everywhere(/configmaps\?/)] }, { revision: 'canary' });
    expect(names(state)).toContain('ConfigMap istio-system/istio');
    expect(state.outcomes.filter(({ kind }) => kind === 'ConfigMap')).toMatchObject([
      { state: 'forbidden', namespaces: ['istio-system'] },
      {
        state: 'ok',
        names: ['istio', 'istio-sidecar-injector', 'istio-canary', 'istio-sidecar-injector-canary'].map(
          (name) => `istio-system/${name}`,
        ),
      },
    ]);
    expect(log.filter((path) => path.endsWith('/istio-canary'))).toHaveLength(1);
  });
});
