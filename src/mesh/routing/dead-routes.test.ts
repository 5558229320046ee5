import { expect, test } from 'vitest';
import { cpuTime } from '../../../test/support/cpu-time.ts';
import { openTexts } from '../../session/session.ts';
import { deadParts } from './dead-routes.ts';

/** What is dead, as `http[1] behind http[0]` and `http[1][0] covered by http[0][0]`. */
async function dead(spec: string): Promise<readonly string[]> {
  const raw = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: v, namespace: shop }
spec:
  hosts: [x]
${spec.replace(/^/gm, '  ')}
`;
  const { graph } = await openTexts([{ path: 'v.yaml', raw }]);
  return [...deadParts(graph).values()].flatMap(({ routes, matches }) => [
    ...routes.map((one) => `${one.protocol}[${one.index}] ${one.reason} ${one.by}`),
    ...matches.map(
      (one) => `${one.protocol}[${one.route}][${one.index}] ${one.reason} ${one.by.route}.${one.by.index}`,
    ),
  ]);
}

const to = 'route: [{ destination: { host: x } }]';
const routes = (protocol: string, ...list: readonly string[]): string =>
  [`${protocol}:`, ...list.map((one) => `  - { ${one}${one === '' ? '' : ', '}${to} }`)].join('\n');
const on = (...matches: readonly string[]): string => `match: [${matches.join(', ')}]`;

test.each<[string, string, readonly string[]]>([
  ['one route', routes('http', ''), []],
  ['a default at the end', routes('http', on('{ uri: { prefix: /a } }'), ''), []],
  [
    'a default at the start',
    routes('http', '', on('{ uri: { prefix: /a } }', '{ port: 1 }')),
    ['http[1] behind 0'],
  ],
  ['several defaults', routes('http', '', '', ''), ['http[1] behind 0', 'http[2] behind 0']],
  ['two defaults for TCP', routes('tcp', '', ''), ['tcp[1] behind 0']],
  ['TLS without a match is nothing', routes('tls', '', on('{ sniHosts: [x] }')), []],
  [
    'the same match again',
    routes('http', on('{ port: 1 }'), on('{ port: 1, name: other }')),
    ['http[1] repeated 0', 'http[1][0] repeated 0.0'],
  ],
  [
    'the same match among others',
    routes('tcp', on('{ port: 1 }'), on('{ port: 2 }', '{ port: 1 }')),
    ['tcp[1][1] repeated 0.0'],
  ],
  [
    'the same match within one route',
    routes('http', on('{ port: 1 }', '{ port: 1 }')),
    ['http[0][1] repeated 0.0'],
  ],
  [
    'written in another order, and with defaults',
    routes(
      'http',
      on('{ port: 1, headers: { a: { exact: x }, b: {} } }'),
      on('{ headers: { b: {}, a: { exact: x } }, port: 1, ignoreUriCase: false, sourceNamespace: "" }'),
    ),
    ['http[1] repeated 0', 'http[1][0] repeated 0.0'],
  ],
  [
    'an empty text is a condition',
    routes('http', on('{ uri: { exact: "" } }'), on('{ uri: { prefix: "" } }')),
    [],
  ],
  [
    'other hosts of TLS',
    routes('tls', on('{ sniHosts: [x, y] }'), on('{ sniHosts: [y] }', '{ sniHosts: [x, y] }')),
    ['tls[1][1] repeated 0.0'],
  ],
  ['what another protocol takes', `${routes('http', '')}\n${routes('tcp', on('{ port: 1 }'))}`, []],
  [
    'a longer prefix',
    routes('http', on('{ uri: { prefix: /a } }'), on('{ uri: { prefix: /ab } }')),
    ['http[1][0] covered 0.0'],
  ],
  ['a shorter prefix', routes('http', on('{ uri: { prefix: /ab } }'), on('{ uri: { prefix: /a } }')), []],
  [
    'a longer prefix on GET',
    routes('http', on('{ uri: { prefix: /a } }', '{ uri: { prefix: /ab }, method: { exact: GET } }')),
    ['http[0][1] covered 0.0'],
  ],
  [
    'a longer prefix on every method',
    routes('http', on('{ uri: { prefix: /a }, method: { exact: GET } }', '{ uri: { prefix: /ab } }')),
    [],
  ],
  [
    'a longer prefix for other gateways',
    routes('http', on('{ uri: { prefix: /a }, gateways: [g] }'), on('{ uri: { prefix: /ab } }')),
    [],
  ],
  [
    'a longer prefix for other clients',
    routes('http', on('{ uri: { prefix: /a }, sourceLabels: { a: b } }'), on('{ uri: { prefix: /ab } }')),
    [],
  ],
  [
    'another regular expression',
    routes(
      'http',
      on('{ uri: { prefix: /a }, headers: { h: { regex: "[ab]" } } }'),
      on('{ uri: { prefix: /ab }, headers: { h: { regex: "[bc]" } } }'),
    ),
    [],
  ],
  [
    'the second of two shorter ones',
    routes(
      'http',
      on('{ uri: { prefix: /a }, headers: { h: { exact: x } } }'),
      on('{ uri: { prefix: /a }, headers: { h: { exact: y } } }'),
      on('{ uri: { prefix: /ab }, headers: { h: { exact: y } } }'),
    ),
    ['http[2][0] covered 1.0'],
  ],
])('%s', async (_, spec, expected) => {
  expect(await dead(spec)).toEqual(expected);
});

test('what a delegate leaves over goes on', async () => {
  const spec = `http:
  - delegate: { name: one }
  - { match: [{ uri: { prefix: /a } }], delegate: { name: two } }
  - { match: [{ uri: { prefix: /a } }], ${to} }
  - { match: [{ uri: { prefix: /ab } }, { uri: { prefix: /a } }], delegate: { name: three } }
  - ${to}
  - delegate: { name: four }`;
  expect(await dead(spec)).toEqual(['http[5] behind 4', 'http[3][0] covered 2.0', 'http[3][1] repeated 2.0']);
});

test('thousands of prefixes do not take long', async () => {
  const list = Array.from({ length: 5000 }, (_, i) => on(`{ uri: { prefix: /part-${i}/ } }`));
  const started = cpuTime();
  expect(await dead(routes('http', ...list))).toEqual([]);
  expect(cpuTime() - started).toBeLessThan(5000);
});
