import { describe, expect, test } from 'vitest';
import { openTexts, type WorldRequest } from '../../session/session.ts';
import { overlappingTelemetries, providerlessLogs, wideTelemetryRivals } from '../policies/telemetries.ts';
import { ineffectiveSidecars, overlappingSidecars, wideSidecarRivals } from '../routing/sidecars.ts';

type Files = Readonly<Record<string, string>> | string;

async function open(files: Files, request: WorldRequest) {
  const list = typeof files === 'string' ? { 'a.yaml': files } : files;
  const texts = Object.entries(list).map(([path, raw]) => ({ path, raw }));
  return (await openTexts(texts, request)).graph;
}

/** `name@namespace`, with what else metadata holds. */
function document(kind: string, own: string, spec: string, more = ''): string {
  const [name = '', namespace] = own.split('@');
  const place = namespace === undefined ? '' : `, namespace: ${namespace}`;
  const versions: Record<string, string> = {
    Sidecar: 'networking.istio.io/v1',
    Telemetry: 'telemetry.istio.io/v1',
    Deployment: 'apps/v1',
    Namespace: 'v1',
  };
  return `---\napiVersion: ${versions[kind]}\nkind: ${kind}\nmetadata: { name: ${name}${place}${more} }\nspec: ${spec}\n`;
}
const sidecar = (own: string, spec = '{}', more = ''): string => document('Sidecar', own, spec, more);
const telemetry = (own: string, spec = '{}', more = ''): string => document('Telemetry', own, spec, more);
const created = (hour: number): string => `, creationTimestamp: "2024-01-01T0${hour}:00:00Z"`;

function show({
  one,
  others,
  winner,
}: {
  one: Named;
  others: readonly Named[];
  winner: Named | undefined;
}): string {
  return `${one.name}: ${others.map(({ name }) => name).join(' ')} > ${winner?.name ?? '?'}`;
}
interface Named {
  readonly name: string;
}

describe('Sidecars for a whole namespace', () => {
  async function rivals(
    files: Files,
    request: WorldRequest = { world: 'closed' },
  ): Promise<readonly string[]> {
    return wideSidecarRivals(await open(files, request)).map(show);
  }
  const bare = '{ workloadSelector: {} }';
  test.each<[string, string, readonly string[]]>([
    ['two', sidecar('a@shop') + sidecar('b@shop'), ['a: b > ?', 'b: a > ?']],
    ['two namespaces', sidecar('a@shop') + sidecar('b@web'), []],
    [
      'one that selects',
      sidecar('a@shop') + sidecar('b@shop', '{ workloadSelector: { labels: { a: b } } }'),
      [],
    ],
    [
      'known ages',
      sidecar('a@shop', '{}', created(2)) + sidecar('b@shop', '{}', created(1)),
      ['b: a > b', 'a: b > b'],
    ],
    ['one known age', sidecar('a@shop', '{}', created(2)) + sidecar('b@shop'), ['b: a > ?', 'a: b > ?']],
    [
      'the same second',
      sidecar('b@shop', '{}', created(1)) + sidecar('a@shop', '{}', created(1)),
      ['a: b > a', 'b: a > a'],
    ],
    ['an empty selector', sidecar('a@shop') + sidecar('b@shop', bare), ['b: a > b', 'a: b > b']],
    ['in the root namespace', sidecar('a@istio-system') + sidecar('b@istio-system', bare), []],
    ['for the mesh', sidecar('a@istio-system') + sidecar('b@istio-system'), ['a: b > ?', 'b: a > ?']],
    [
      'in ambient mode',
      document('Namespace', 'shop', '{}', ', labels: { istio.io/dataplane-mode: ambient }') +
        sidecar('a@shop') +
        sidecar('b@shop'),
      [],
    ],
  ])('%s', async (_, texts, expected) => {
    expect(await rivals(texts)).toEqual(expected);
  });

  test('variants, what stands beside them, and what is changed are not compared', async () => {
    const [a, b] = [sidecar('a@shop'), sidecar('b@shop')];
    const both = ['a: b > ?', 'b: a > ?'];
    expect(await rivals({ 'x/a.yaml': a, 'x/b.yaml': b }, {})).toEqual(both);
    expect(await rivals({ 'one/a.yaml': a + b, 'two/a.yaml': a }, {})).toEqual(both);
    expect(await rivals({ 'demo/a1.yaml': a, 'demo/a2.yaml': a, 'demo/b.yaml': b }, {})).toEqual([]);
    const kustomization = 'resources: [a.yaml]\npatches: [{ path: p.yaml }]\n';
    expect(await rivals({ 'k/a.yaml': a, 'k/kustomization.yaml': kustomization, 'b.yaml': b }, {})).toEqual(
      [],
    );
  });

  test('what floats is compared inside its folder only', async () => {
    const [a, b] = [sidecar('a'), sidecar('b')];
    expect(await rivals({ 'x/a.yaml': a, 'x/b.yaml': b }, {})).toHaveLength(2);
    expect(await rivals({ 'x/a.yaml': a, 'y/b.yaml': b }, {})).toEqual([]);
    expect(await rivals(a + sidecar('b@shop'), {})).toEqual([]);
  });

  test('a namespace with many stays readable', async () => {
    let texts = '';
    for (let i = 0; i < 30; i++) texts += sidecar(`s${i}@shop`);
    const found = wideSidecarRivals(await open(texts, { world: 'closed' }));
    expect(found).toHaveLength(30);
    expect(found.every(({ others }) => others.length === 10)).toBe(true);
  });
});

/** A namespace with workloads: `name labels` each, all with the label `tier: back`. */
function namespace(labels: string, ...deployments: readonly string[]): string {
  return (
    document('Namespace', 'shop', '{}', `, labels: { ${labels} }`) +
    deployments
      .map((one) => {
        const [name = '', more = ''] = one.split(' ');
        const all = `app: ${name}, tier: back${more === '' ? '' : `, ${more.replace(':', ': ')}`}`;
        const spec = `{ selector: { matchLabels: { app: ${name} } }, template: { metadata: { labels: { ${all} } }, spec: { containers: [{ name: a, image: a }] } } }`;
        return document('Deployment', `${name}@shop`, spec);
      })
      .join('')
  );
}
const injected = 'istio-injection: enabled';
const ambient = 'istio.io/dataplane-mode: ambient';

describe('Sidecars that select the same workloads', () => {
  const selects = (own: string, labels: string): string =>
    sidecar(own, `{ workloadSelector: { labels: { ${labels} } } }`);
  const two = selects('a@shop', 'app: x') + selects('b@shop', 'tier: back');
  test.each<[string, string, readonly string[]]>([
    ['one workload', namespace(injected, 'x') + two, ['a x', 'b x']],
    ['one of two', namespace(injected, 'x', 'z') + two, ['a x', 'b x']],
    [
      'two of two',
      namespace(injected, 'x', 'z') + two + selects('c@shop', 'tier: back'),
      ['a x', 'b x z', 'c x z'],
    ],
    [
      'none in common',
      namespace(injected, 'x', 'z') + selects('a@shop', 'app: x') + selects('b@shop', 'app: z'),
      [],
    ],
    ['no proxy', namespace('a: b', 'x') + two, ['a x idle', 'b x idle']],
    ['ambient', namespace(ambient, 'x') + two, []],
    ['a gateway', namespace(injected, 'x istio:ingressgateway') + two, []],
    [
      'other namespaces',
      namespace(injected, 'x') + selects('a@shop', 'app: x') + selects('b@web', 'app: x'),
      [],
    ],
  ])('%s', async (_, texts, expected) => {
    const found = overlappingSidecars(await open(texts, { world: 'closed' }));
    const shown = found.map(({ one, workloads, idle }) =>
      [one.name, ...workloads.map(({ resource }) => resource.name).sort(), ...(idle ? ['idle'] : [])].join(
        ' ',
      ),
    );
    expect(shown.sort()).toEqual(expected);
  });
});

describe('Sidecars without effect', () => {
  const selecting = sidecar('s@shop', '{ workloadSelector: { labels: { tier: back } } }');
  const wide = sidecar('s@shop');
  test.each<[string, string, boolean]>([
    ['ambient workloads', namespace(ambient, 'x', 'z') + selecting, true],
    ['one with a sidecar', namespace(ambient, 'x', 'z sidecar.istio.io/inject:"true"') + selecting, false],
    ['one that opted out', namespace(ambient, 'x istio.io/dataplane-mode:none') + selecting, false],
    ['no workload', namespace(ambient) + selecting, false],
    ['an ambient namespace', namespace(ambient) + wide, true],
    ['with workloads', namespace(ambient, 'x') + wide, true],
    ['with a sidecar', namespace(ambient, 'x sidecar.istio.io/inject:"true"') + wide, false],
    ['injected', namespace(`${ambient}, ${injected}`) + wide, false],
    ['of a revision', namespace(`${ambient}, istio.io/rev: x`) + wide, false],
    ['of no revision', namespace(`${ambient}, istio.io/rev: ""`) + wide, true],
    ['not loaded', wide, false],
  ])('%s', async (_, texts, expected) => {
    expect([...ineffectiveSidecars(await open(texts, {}))]).toHaveLength(expected ? 1 : 0);
  });
});

describe('Telemetries', () => {
  const logs = 'accessLogging: [{ providers: [{ name: envoy }] }]';
  test.each<[string, string, readonly string[]]>([
    ['two', telemetry('a@shop') + telemetry('b@shop'), ['a: b > ?', 'b: a > ?']],
    [
      'an empty selector',
      telemetry('a@shop') + telemetry('b@shop', '{ selector: {} }'),
      ['a: b > ?', 'b: a > ?'],
    ],
    [
      'a target',
      telemetry('a@shop') + telemetry('b@shop', '{ targetRefs: [{ kind: Gateway, name: g }] }'),
      [],
    ],
    [
      'an older target',
      telemetry('a@shop') + telemetry('b@shop', '{ targetRef: { kind: Gateway, name: g } }'),
      [],
    ],
    ['a selector', telemetry('a@shop') + telemetry('b@shop', '{ selector: { matchLabels: { a: b } } }'), []],
  ])('for a whole namespace: %s', async (_, texts, expected) => {
    expect(wideTelemetryRivals(await open(texts, { world: 'closed' })).map(show)).toEqual(expected);
  });

  const selects = (own: string, spec: string): string =>
    telemetry(own, `{ selector: { matchLabels: { tier: back } }, ${spec} }`);
  test.each<[string, string, readonly string[]]>([
    [
      'one part',
      namespace(injected, 'x') + selects('a@shop', logs) + selects('b@shop', logs),
      ['a accessLogging', 'b accessLogging'],
    ],
    [
      'two parts',
      namespace(injected, 'x') + selects('a@shop', logs) + selects('b@shop', 'tracing: [{}]'),
      ['a ', 'b '],
    ],
    [
      'at a gateway',
      namespace(injected, 'x istio:ingressgateway') + selects('a@shop', logs) + selects('b@shop', logs),
      ['a accessLogging', 'b accessLogging'],
    ],
    ['ambient', namespace(ambient, 'x') + selects('a@shop', logs) + selects('b@shop', logs), []],
    [
      'no proxy',
      namespace('a: b', 'x') + selects('a@shop', logs) + selects('b@shop', logs),
      ['a accessLogging idle', 'b accessLogging idle'],
    ],
    [
      'a target elsewhere',
      namespace(injected, 'x') +
        selects('a@shop', logs) +
        selects('b@shop', 'targetRefs: [{ group: gateway.networking.k8s.io, kind: Gateway, name: g }]'),
      [],
    ],
  ])('that select the same workloads: %s', async (_, texts, expected) => {
    const found = overlappingTelemetries(await open(texts, { world: 'closed' }));
    expect(
      found.map(({ one, shared, idle }) => `${one.name} ${shared.join(' ')}${idle ? ' idle' : ''}`),
    ).toEqual(expected);
  });
});

describe('access logs without providers', () => {
  const named = '{ providers: [{ name: envoy }] }';
  const bare = '{ match: { mode: SERVER } }';
  const filtered = '{ filter: { expression: "true" } }';
  const of = (own: string, ...entries: readonly string[]): string =>
    telemetry(own, `{ accessLogging: [${entries.join(', ')}] }`);
  const config = (mesh: string): string =>
    `---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: istio, namespace: istio-system }\ndata:\n  mesh: |\n    ${mesh}\n`;
  const providers = config('defaultProviders: { accessLogging: [envoy] }');
  test.each<[string, string, readonly string[], readonly string[]]>([
    // What is said in a closed world, and in that of `auto`.
    ['nothing above', of('t@shop', bare), ['0 no-logs'], []],
    ['a filter, nothing above', of('t@shop', filtered), ['0 no-logs'], ['0 no-filter']],
    [
      'MeshConfig without any',
      of('t@shop', bare) + config('enableTracing: true'),
      ['0 no-logs'],
      ['0 no-logs'],
    ],
    ['MeshConfig', of('t@shop', bare) + providers, [], []],
    ['a filter, MeshConfig', of('t@shop', filtered) + providers, ['0 no-filter'], ['0 no-filter']],
    ['the entry before', of('t@shop', named, bare), [], []],
    ['the entry behind', of('t@shop', bare, named), ['0 no-logs'], []],
    ['a filter, the entry before', of('t@shop', named, filtered), ['1 no-filter'], ['1 no-filter']],
    ['switched off', of('t@shop', '{ disabled: true, filter: { expression: x } }'), [], []],
    ['that of the mesh', of('t@shop', bare) + of('m@istio-system', named), [], []],
    ['that of another namespace', of('t@shop', bare) + of('m@web', named), ['0 no-logs'], []],
    ['its rival', of('t@shop', bare) + of('m@shop', named), ['0 no-logs'], []],
    [
      'that of its namespace',
      telemetry('t@shop', `{ selector: { matchLabels: { a: b } }, accessLogging: [${bare}] }`) +
        of('n@shop', named),
      [],
      [],
    ],
    ['floating', of('t', bare) + of('n@shop', named) + config('enableTracing: true'), ['0 no-logs'], []],
  ])('%s', async (_, texts, closed, auto) => {
    const found = async (request: WorldRequest): Promise<readonly string[]> =>
      [...providerlessLogs(await open(texts, request))].map(({ index, verdict }) => `${index} ${verdict}`);
    expect(await found({ world: 'closed' })).toEqual(closed);
    expect(await found({})).toEqual(auto);
  });
});
