import { expect, test } from 'vitest';
import { openTexts, type WorldRequest } from '../../session/session.ts';
import { disagreementOf, sharedPorts } from './service-ports.ts';

const deployment = (name = 'a', template = ''): string => `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { matchLabels: { app: a } }
  template:
    metadata: { labels: { app: a }, annotations: { ${template} } }
    spec: { containers: [{ name: a, ports: [{ name: web, containerPort: 8080 }] }] }
`;
const namespace = (labels = 'istio-injection: enabled'): string =>
  `---\napiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: { ${labels} } }\n`;
const service = (name: string, ports: string, rest = ''): string =>
  `---\napiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: shop }\nspec: { selector: { app: a }, ports: [${ports}]${rest} }\n`;

const signs = { protocols: '!', versions: '?' };

/** Every shared port, as `a 8080: one/80 two/81`, with a `!` or `?` where protocols or versions differ. */
async function shared(
  files: Readonly<Record<string, string>> | string,
  request: WorldRequest = { world: 'closed' },
): Promise<readonly string[]> {
  const list = typeof files === 'string' ? { 'a.yaml': files } : files;
  const { graph } = await openTexts(
    Object.entries(list).map(([path, raw]) => ({ path, raw })),
    request,
  );
  return sharedPorts(graph).map(({ workload, target, ports }) => {
    const disagreement = disagreementOf(ports);
    const sign = disagreement === undefined ? '' : signs[disagreement];
    const names = ports.map((port) => `${port.service.name}/${port.number}`);
    return `${workload.resource.name} ${target}${sign}: ${names.join(' ')}`;
  });
}

test.each<[string, string, string, readonly string[]]>([
  ['one port', '{ name: http, port: 80 }', '', []],
  ['two Services', '{ name: http, port: 80 }', '{ name: http, port: 80 }', ['a 80: one/80 two/80']],
  ['contrary ones', '{ name: http, port: 80 }', '{ name: tcp, port: 80 }', ['a 80!: one/80 two/80']],
  ['gRPC and HTTP', '{ name: http, port: 80 }', '{ name: grpc, port: 80 }', ['a 80?: one/80 two/80']],
  ['gRPC and HTTP/2', '{ name: http2, port: 80 }', '{ name: grpc, port: 80 }', ['a 80: one/80 two/80']],
  ['TLS and MySQL', '{ name: https, port: 80 }', '{ name: mysql, port: 80 }', ['a 80: one/80 two/80']],
  ['a port without protocol', '{ name: http, port: 80 }', '{ name: web, port: 80 }', ['a 80: one/80 two/80']],
  ['UDP beside TCP', '{ name: a, port: 53 }, { name: b, port: 53, protocol: UDP }', '', []],
  ['SCTP beside TCP', '{ name: http, port: 80 }', '{ name: tcp, port: 80, protocol: SCTP }', []],
  ['other ports', '{ name: http, port: 80 }', '{ name: http, port: 81 }', []],
  [
    'ports that lead to one',
    '{ name: http, port: 80, targetPort: 8080 }, { name: tcp, port: 81, targetPort: web }',
    '{ name: http, port: 8080, targetPort: 0 }',
    ['a 8080!: one/80 one/81 two/8080'],
  ],
  [
    'a name that no container has',
    '{ name: http, port: 80, targetPort: x }, { name: http-2, port: 81, targetPort: x }',
    '',
    ['a x: one/80 one/81'],
  ],
])('%s', async (_, one, two, expected) => {
  const services = service('one', one) + (two === '' ? '' : service('two', two));
  expect(await shared(namespace() + deployment() + services)).toEqual(expected);
});

const both = service('one', '{ name: http, port: 80 }') + service('two', '{ name: tcp, port: 80 }');

test.each<[string, string]>([
  ['no mesh', namespace('team: a') + deployment()],
  ['ambient mode', namespace('istio.io/dataplane-mode: ambient') + deployment()],
  ['no sidecar', namespace() + deployment('a', 'sidecar.istio.io/inject: "false"')],
  ['a gateway', namespace() + deployment('a', 'inject.istio.io/templates: gateway')],
])('workloads with %s are left alone', async (_, rest) => {
  expect(await shared(rest + both)).toEqual([]);
});

test('Services without a selector or of another kind lead nowhere', async () => {
  const odd = `${service('two', '{ name: tcp, port: 80 }', ', type: ExternalName')}---
apiVersion: v1
kind: Service
metadata: { name: three, namespace: shop }
spec: { ports: [{ name: tcp, port: 80 }] }
`;
  expect(await shared(namespace() + deployment() + service('one', '{ name: http, port: 80 }') + odd)).toEqual(
    [],
  );
});

test('the nearest copy counts, and variants are not brought together', async () => {
  const one = service('one', '{ name: http, port: 80 }');
  const two = service('two', '{ name: tcp, port: 80 }');
  const files = {
    'ns.yaml': namespace(),
    'app/dev/a.yaml': deployment() + one,
    'app/prod/a.yaml': deployment() + one + two,
  };
  expect(await shared(files, {})).toEqual(['a 80!: one/80 two/80']);
  expect(await shared({ 'ns.yaml': namespace(), 'a.yaml': deployment() + one, 'b.yaml': two }, {})).toEqual([
    'a 80!: one/80 two/80',
  ]);
});

test('without the Namespace nobody knows whether there is a sidecar', async () => {
  expect(await shared(deployment() + both, {})).toEqual([]);
});

test('what floats is only compared in one folder', async () => {
  const float = (text: string): string =>
    text.replaceAll(', namespace: shop', '').replace('annotations: {  }', 'annotations: {}');
  const injected = float(deployment()).replace(
    'containers: [',
    'containers: [{ name: istio-proxy, image: proxyv2 }, ',
  );
  const one = float(service('one', '{ name: http, port: 80 }'));
  const two = float(service('two', '{ name: tcp, port: 80 }'));
  expect(await shared({ 'x/a.yaml': injected + one, 'y/b.yaml': two }, {})).toEqual([]);
  expect(await shared({ 'x/a.yaml': injected + one, 'x/b.yaml': two }, {})).toEqual(['a 80!: one/80 two/80']);
});
