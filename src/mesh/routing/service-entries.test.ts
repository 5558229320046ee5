import { expect, test } from 'vitest';
import { cpuTime } from '../../../test/support/cpu-time.ts';
import { openTexts, type WorldRequest } from '../../session/session.ts';
import { contradictedPorts, recognitionOf } from './service-entries.ts';

type Files = Readonly<Record<string, string>>;

function entry(name: string, spec: string, labels = ''): string {
  const [own = '', namespace] = name.split('@');
  const place = namespace === undefined ? '' : `, namespace: ${namespace}`;
  return `---\napiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: { name: ${own}${place}${labels} }\nspec: ${spec}\n`;
}

const meshConfig = (metadata: string): string => `---
apiVersion: v1
kind: ConfigMap
metadata: { name: istio, namespace: istio-system }
data:
  mesh: |
    defaultConfig:
      proxyMetadata: ${metadata}
`;

const istiod = (env: string): string => `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: istiod, namespace: istio-system }
spec:
  selector: { matchLabels: { app: istiod } }
  template:
    metadata: { labels: { app: istiod } }
    spec: { containers: [{ name: discovery, env: [${env}] }] }
`;

const tcp = 'hosts: [a.com], ports: [{ number: 22, name: tcp, protocol: TCP }]';
const optOut = ', labels: { networking.istio.io/enable-autoallocate-ip: "False" }';

test.each<[string, string, string, string]>([
  ['own addresses', entry('a', `{ ${tcp}, addresses: [10.0.0.1] }`), '', 'address'],
  [
    'addresses in the status',
    `${entry('a', `{ ${tcp}, resolution: DNS }`)}status: { addresses: [{ host: a.com, value: 240.240.0.1 }] }\n`,
    '',
    'address',
  ],
  ['an empty list', entry('a', `{ ${tcp}, addresses: [], resolution: DNS }`), '', 'captured'],
  ['no resolution', entry('a', `{ ${tcp} }`), '', 'nothing'],
  [
    'no resolution, DNS captured',
    entry('a', `{ ${tcp}, resolution: NONE }`),
    '{ ISTIO_META_DNS_CAPTURE: "true" }',
    'nothing',
  ],
  ['resolution', entry('a', `{ ${tcp}, resolution: STATIC }`), '', 'captured'],
  [
    'resolution, DNS captured',
    entry('a', `{ ${tcp}, resolution: DNS }`),
    '{ ISTIO_META_DNS_CAPTURE: "true" }',
    'address',
  ],
  [
    'the label',
    entry('a', `{ ${tcp}, resolution: DNS }`, optOut),
    '{ ISTIO_META_DNS_CAPTURE: "true" }',
    'nothing',
  ],
  [
    'the label beside the old way',
    entry('a', `{ ${tcp}, resolution: DNS }`, optOut),
    '{ ISTIO_META_DNS_CAPTURE: "true", ISTIO_META_DNS_AUTO_ALLOCATE: "true" }',
    'address',
  ],
])('%s', async (_, raw, metadata, expected) => {
  const text = metadata === '' ? raw : raw + meshConfig(metadata);
  const { graph } = await openTexts([{ path: 'a.yaml', raw: text }], { world: 'closed' });
  expect(graph.list('ServiceEntry').map((one) => recognitionOf(graph, one))).toEqual([expected]);
});

test.each<[string, string | undefined, string]>([
  ['', undefined, 'captured'],
  ['', '1.25', 'captured'],
  ['', '1.24', 'nothing'],
  ['{ name: PILOT_ENABLE_IP_AUTOALLOCATE, value: "false" }', undefined, 'nothing'],
  ['{ name: PILOT_ENABLE_IP_AUTOALLOCATE, value: "true" }', '1.23', 'captured'],
])('istiod with %s of release %s', async (env, istioVersion, expected) => {
  const raw = entry('a', `{ ${tcp}, resolution: DNS }`) + istiod(env);
  const mesh = istioVersion === undefined ? {} : { istioVersion };
  const { graph } = await openTexts([{ path: 'a.yaml', raw }], { world: 'closed', mesh });
  expect(graph.list('ServiceEntry').map((one) => recognitionOf(graph, one))).toEqual([expected]);
});

/** Every contradiction, as `a a.com:80 HTTP | b`. */
async function contradicted(
  files: Files | string,
  request: WorldRequest = { world: 'closed' },
): Promise<string[]> {
  const list = typeof files === 'string' ? { 'a.yaml': files } : files;
  const { graph } = await openTexts(
    Object.entries(list).map(([path, raw]) => ({ path, raw })),
    request,
  );
  return contradictedPorts(graph).map(
    ({ entry, host, number, protocol, others }) =>
      `${entry.name} ${host}:${number} ${protocol} | ${others.map((other) => other.entry.name).join(' ')}`,
  );
}

const port = (number: number, protocol: string): string =>
  `ports: [{ number: ${number}, name: p, protocol: ${protocol} }]`;
const both = ['a x.com:80 HTTP | b', 'b x.com:80 TCP | a'];

test.each<[string, string, string, readonly string[]]>([
  ['the same host', '{ hosts: [x.com], PORT }', '{ hosts: [x.com], PORT }', both],
  ['another case', '{ hosts: [x.com], PORT }', '{ hosts: [X.com], PORT }', both],
  ['another host', '{ hosts: [x.com], PORT }', '{ hosts: [y.com], PORT }', []],
  ['a wildcard', '{ hosts: [x.com], PORT }', '{ hosts: ["*.com"], PORT }', []],
  ['short names of two namespaces', '{ hosts: [x], PORT }', '{ hosts: [x], PORT }', []],
  [
    'private ones',
    '{ hosts: [x.com], PORT, exportTo: ["."] }',
    '{ hosts: [x.com], PORT, exportTo: ["."] }',
    [],
  ],
  ['a private one', '{ hosts: [x.com], PORT }', '{ hosts: [x.com], PORT, exportTo: ["."] }', both],
  ['one for nobody', '{ hosts: [x.com], PORT }', '{ hosts: [x.com], PORT, exportTo: ["~"] }', []],
  [
    'clients in common',
    '{ hosts: [x.com], PORT, exportTo: [c, d] }',
    '{ hosts: [x.com], PORT, exportTo: [d, e] }',
    both,
  ],
  [
    'a client at home',
    '{ hosts: [x.com], PORT, exportTo: [two] }',
    '{ hosts: [x.com], PORT, exportTo: ["."] }',
    both,
  ],
])('%s', async (_, a, b, expected) => {
  const raw =
    entry('a@one', a.replace('PORT', port(80, 'HTTP'))) + entry('b@two', b.replace('PORT', port(80, 'TCP')));
  expect(await contradicted(raw)).toEqual(expected);
});

test.each<[string, string, boolean]>([
  ['HTTP', 'http', false],
  ['HTTPS', 'TLS', false],
  ['GRPC', 'HTTP2', false],
  ['HTTP', 'HTTP2', true],
  ['HTTP', 'HTTPS', true],
  ['TCP', 'MONGO', true],
  ['TCP', '""', true],
  ['HTTPS', '""', true],
  ['HTTP', '""', false],
  ['GRPC', '""', false],
  ['""', '""', false],
  ['HTTP', 'nonsense', false],
])('%s and %s', async (a, b, isContradiction) => {
  const raw =
    entry('a@one', `{ hosts: [x.com], ${port(80, a)} }`) +
    entry('b@one', `{ hosts: [x.com], ${port(80, b)} }`);
  expect((await contradicted(raw)).length > 0).toBe(isContradiction);
});

test('other ports, and a host that is listed twice', async () => {
  const raw =
    entry('a@one', `{ hosts: [x.com, X.com], ${port(80, 'HTTP')} }`) +
    entry('b@one', `{ hosts: [x.com], ${port(81, 'TCP')} }`);
  expect(await contradicted(raw)).toEqual([]);
});

test('variants, copies and what floats elsewhere are not compared', async () => {
  const a = entry('a@one', `{ hosts: [x.com], ${port(80, 'HTTP')} }`);
  const other = entry('a@one', `{ hosts: [x.com], ${port(80, 'TCP')} }`);
  expect(await contradicted({ 'env/dev/a.yaml': a, 'env/prod/a.yaml': other }, {})).toEqual([]);
  const floating = entry('a', `{ hosts: [x.com], ${port(80, 'HTTP')} }`);
  const second = entry('b', `{ hosts: [x.com], ${port(80, 'TCP')} }`);
  expect(await contradicted({ 'one/a.yaml': floating, 'two/b.yaml': second }, {})).toEqual([]);
  expect(await contradicted({ 'one/a.yaml': floating, 'one/b.yaml': second }, {})).toEqual(both);
});

test('thousands of private ones do not take long', async () => {
  const raw = Array.from({ length: 2000 }, (_, i) =>
    entry(`e${i}@ns-${i}`, `{ hosts: [x.com], ${port(80, i % 2 === 0 ? 'HTTP' : 'TCP')}, exportTo: ["."] }`),
  ).join('');
  const { graph } = await openTexts([{ path: 'a.yaml', raw }], { world: 'closed' });
  const started = cpuTime();
  expect(contradictedPorts(graph)).toEqual([]);
  expect(cpuTime() - started).toBeLessThan(1000);
});
