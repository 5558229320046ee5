import { EventEmitter, once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { rules } from '../../rules/index.gen.ts';
import type { Analysis } from '../engine/analyze.ts';
import type { ClusterWatch } from '../load/cluster/watch.ts';
import type { LiveObject, LiveState } from '../model/live.ts';
import { openTexts } from '../session/session.ts';
import type { AdmissionRequest } from './admission.ts';
import { createJudge, type Judge, type JudgeRequest } from './judge.ts';

type Value = LiveObject['value'];

function object(kind: string, name: string, spec: object, namespace = 'shop'): Value {
  const apiVersion = kind === 'Namespace' || kind === 'Service' ? 'v1' : 'networking.istio.io/v1';
  const metadata = kind === 'Namespace' ? { name } : { namespace, name };
  return { apiVersion, kind, metadata, spec };
}
const route = (name: string, gateways: readonly string[]): Value =>
  object('VirtualService', name, {
    hosts: [`${name}.example.com`],
    gateways,
    http: [{ directResponse: { status: 200 } }],
  });
const gateway = (name: string): Value =>
  object('Gateway', name, {
    selector: { istio: 'ingressgateway' },
    servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*.example.com'] }],
  });
const base = [object('Namespace', 'shop', {}), gateway('public'), route('cart', ['public'])];

const about = { cluster: 'test', server: 'https://test', requests: [], warnings: [] };
const outcomes: LiveState['outcomes'] = [
  { kind: 'Pod', resource: 'pods', group: '', state: 'forbidden', namespaces: 'all', count: 0 },
  {
    kind: 'Telemetry',
    resource: 'telemetries',
    group: '',
    state: 'not-installed',
    namespaces: 'all',
    count: 0,
  },
];

/** A watch of objects that the test exchanges. */
function createWatch(first: readonly Value[]) {
  const bell = new EventEmitter();
  const told: boolean[] = [];
  const tell = (goes: boolean): void => {
    told.push(goes);
    bell.emit('told');
  };
  let state: LiveState = stateOf(first);
  function stateOf(values: readonly Value[]): LiveState {
    return { ...about, outcomes, objects: values.map((value) => ({ value })) };
  }
  const watch: ClusterWatch = {
    state: () => state,
    async changed() {
      if (told.length === 0) await once(bell, 'told');
      return told.shift() === true;
    },
    health: { staleSince: undefined, trouble: undefined, feeds: 1, changes: 0, restarts: [] },
    close: () => tell(false),
  };
  return {
    watch,
    /** Exchanges the objects; the judge is told only when `tell` says so. */
    set(values: readonly Value[]) {
      state = stateOf(values);
    },
    tell: () => tell(true),
  };
}

let analyses = 0;
async function analyze({ objects }: LiveState): Promise<Analysis> {
  analyses++;
  const texts = objects.map(({ value }, i) => ({ path: `${i}.json`, raw: JSON.stringify(value) }));
  return (await openTexts(texts, { world: 'closed' })).analyze(rules, '0.0.0');
}

async function judgeOf(
  values: readonly Value[],
  more: Partial<JudgeRequest> = {},
): Promise<ReturnType<typeof createWatch> & { judge: Judge; rounds: AsyncIterator<unknown> }> {
  const cluster = createWatch(values);
  const judge = createJudge({
    watch: cluster.watch,
    analyze,
    take: (value) => (value.kind === 'Job' ? undefined : { value: { ...value } }),
    settle: 1,
    ...more,
  });
  const rounds = judge.rounds()[Symbol.asyncIterator]();
  await rounds.next();
  return { ...cluster, judge, rounds };
}

function request(value: Value, operation: AdmissionRequest['operation'] = 'CREATE'): AdmissionRequest {
  const { name, namespace = '' } = value.metadata as { name: string; namespace?: string };
  const group = String(value.apiVersion).split('/').slice(0, -1).join('/');
  return {
    uid: 'u',
    operation,
    identity: { group, kind: String(value.kind), namespace, name },
    ...(operation === 'DELETE' ? {} : { object: value }),
  };
}
const soon = (): number => Date.now() + 60_000;

describe('a review', () => {
  const wrong = route('till', ['absent']);
  const cases: readonly {
    what: string;
    values: readonly Value[];
    request: AdmissionRequest;
    outcome: string;
    codes?: readonly string[];
  }[] = [
    {
      what: 'a sound object is allowed',
      values: base,
      request: request(route('till', ['public'])),
      outcome: 'allowed',
    },
    {
      what: 'an object that names what is not there',
      values: base,
      request: request(wrong),
      outcome: 'denied',
      codes: ['IST0101'],
    },
    {
      what: 'a change that breaks a sound object',
      values: base,
      request: request(route('cart', ['absent']), 'UPDATE'),
      outcome: 'denied',
      codes: ['IST0101'],
    },
    {
      what: 'a change of an object that was wrong before is no new wrong',
      values: [...base, wrong],
      request: request(
        { ...wrong, metadata: { namespace: 'shop', name: 'till', labels: { a: 'b' } } },
        'UPDATE',
      ),
      outcome: 'allowed',
    },
    {
      what: 'the same wrong moved to another place of a list is no new wrong',
      values: [...base, wrong],
      request: request(route('till', ['public', 'absent']), 'UPDATE'),
      outcome: 'allowed',
    },
    {
      what: 'a repair is allowed',
      values: [...base, wrong],
      request: request(route('till', ['public']), 'UPDATE'),
      outcome: 'allowed',
    },
    {
      what: 'the wrong of others is not its affair',
      values: [...base, wrong],
      request: request(route('other', ['public'])),
      outcome: 'allowed',
    },
    {
      what: 'a deletion that leaves others without what they name warns',
      values: base,
      request: request(gateway('public'), 'DELETE'),
      outcome: 'warned',
      codes: ['IST0101'],
    },
    {
      what: 'a deletion of what nobody knows is allowed',
      values: base,
      request: request(gateway('other'), 'DELETE'),
      outcome: 'allowed',
    },
    {
      what: 'an object of a kind that is not read is allowed',
      values: base,
      request: request({ ...wrong, kind: 'Job', apiVersion: 'batch/v1' }),
      outcome: 'allowed',
    },
  ];
  test.each(cases)('$what', async ({ values, request: asked, outcome, codes = [] }) => {
    const { judge } = await judgeOf(values, { deny: 'error' });
    const verdict = await judge.review(asked, soon());
    const said = [verdict.message ?? '', ...verdict.warnings].join(' ');
    expect(verdict.outcome, said).toBe(outcome);
    for (const code of codes) expect(said).toContain(code);
  });

  test('is not denied for what was created a moment ago', async () => {
    const { judge, set } = await judgeOf(base, { deny: 'error', settle: 30 });
    const verdict = judge.review(request(route('till', ['new'])), soon());
    set([...base, gateway('new')]);
    expect(await verdict).toEqual({ outcome: 'allowed', warnings: [] });
  });

  test('before the first round passes with a warning', async () => {
    const { watch } = createWatch(base);
    const judge = createJudge({ watch, analyze, take: (value) => ({ value: { ...value } }), deny: 'error' });
    expect(await judge.review(request(wrong), soon())).toMatchObject({ outcome: 'unjudged' });
  });

  test('whose time is over is not judged at all', async () => {
    const { judge } = await judgeOf(base, { deny: 'error' });
    const before = analyses;
    expect(await judge.review(request(wrong), Date.now() - 1)).toMatchObject({ outcome: 'unjudged' });
    expect(analyses).toBe(before);
  });

  test('waits for the one before it', async () => {
    let atOnce = 0;
    let most = 0;
    const { judge } = await judgeOf(base, {
      async analyze(state) {
        most = Math.max(most, ++atOnce);
        const analysis = await analyze(state);
        atOnce--;
        return analysis;
      },
    });
    const verdicts = await Promise.all(Array.from({ length: 5 }, () => judge.review(request(wrong), soon())));
    expect(new Set(verdicts.map(({ outcome }) => outcome))).toEqual(new Set(['warned']));
    expect(most).toBe(1);
  });

  test('changes nothing of what is known', async () => {
    const { judge, watch } = await judgeOf(base);
    const before = JSON.stringify(watch.state());
    for (let i = 0; i < 3; i++) {
      expect(await judge.review(request(wrong), soon())).toMatchObject({ outcome: 'warned' });
    }
    expect(JSON.stringify(watch.state())).toBe(before);
  });
});

test('each round tells how things stand, and what came and went', async () => {
  const cluster = createWatch(base);
  const judge = createJudge({ watch: cluster.watch, analyze, take: (value) => ({ value: { ...value } }) });
  const rounds = judge.rounds()[Symbol.asyncIterator]();
  const first = (await rounds.next()).value;
  expect(first.standing).toMatchObject({
    cluster: 'test',
    objects: { 'networking.istio.io/VirtualService': 1, Namespace: 1 },
    unread: [{ resource: 'pods', group: '', state: 'forbidden' }],
  });
  expect(JSON.parse(first.standing.report)).toMatchObject({ version: '1', tool: { name: 'meshlint' } });

  const second = rounds.next();
  await new Promise((resolve) => setImmediate(resolve));
  cluster.set([...base, route('till', ['absent']), route('pay', ['absent'])]);
  cluster.tell();
  const { standing, impact } = (await second).value;
  expect(standing.findings).toContainEqual({
    code: 'IST0101',
    rule: 'routing/missing-gateway',
    severity: 'error',
    namespace: 'shop',
    count: 2,
  });
  expect(impact.introduced.filter(({ code }: { code: string }) => code === 'IST0101')).toHaveLength(2);

  const third = rounds.next();
  await new Promise((resolve) => setImmediate(resolve));
  cluster.watch.close();
  expect((await third).done).toBe(true);
});
