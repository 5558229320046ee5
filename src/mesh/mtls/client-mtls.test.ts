import { expect, test } from 'vitest';
import type { WholeGraph } from '../../graph/graph.ts';
import { openTexts } from '../../session/session.ts';
import { type ClientMode, type ClientRequest, clientModes } from './client-mtls.ts';

interface Row {
  readonly title: string;
  /** Specs of DestinationRules for host `web`, by name or `namespace/name`. */
  readonly rules?: Readonly<Record<string, object>>;
  /** PeerAuthentications: modes by `mesh`, `ns` (more letters make more of them) or `wl`. */
  readonly policies?: Readonly<Record<string, string>>;
  readonly subset?: string;
  readonly noAuto?: true;
  readonly target?: 'external' | 'internal';
  readonly client?: Partial<ClientRequest['client']>;
  /** `sends why`, joined by ` | `. */
  readonly is: string;
}

const tls = (mode: string, more: object = {}): object => ({ tls: { mode, ...more } });
/** A policy for port 80, beside one for all ports. */
const port = (own: object, all: object = {}): object => ({
  ...all,
  portLevelSettings: [{ port: { number: 80 }, ...own }],
});
const top = (trafficPolicy: object): Record<string, object> => ({ a: { trafficPolicy } });
const subset = (own: object, all?: object): Record<string, object> => ({
  a: { trafficPolicy: all, subsets: [{ name: 'v1', trafficPolicy: own }] },
});
const secret = { credentialName: 'ca' };

const rows: readonly Row[] = [
  { title: 'nothing said', is: 'auto default' },
  { title: 'STRICT namespace', policies: { ns: 'STRICT' }, is: 'auto default' },
  { title: 'namespace without mTLS', policies: { ns: 'DISABLE' }, is: 'plaintext policy' },
  { title: 'mesh without mTLS', policies: { mesh: 'DISABLE' }, is: 'plaintext policy' },
  { title: 'namespace inherits', policies: { mesh: 'DISABLE', ns: 'UNSET' }, is: 'plaintext policy' },
  { title: 'namespace corrects the mesh', policies: { mesh: 'DISABLE', ns: 'STRICT' }, is: 'auto default' },
  { title: 'policies of workloads are not asked', policies: { wl: 'DISABLE' }, is: 'auto default' },
  {
    title: 'two policies of unknown age',
    policies: { ns: 'DISABLE', nss: 'STRICT' },
    is: 'plaintext policy | auto default',
  },
  { title: 'no automatic mTLS', noAuto: true, is: 'plaintext off' },
  { title: 'a host outside', target: 'external', is: 'plaintext external' },
  { title: 'a host of machines inside', target: 'internal', is: 'auto default' },
  { title: 'rule without policy', rules: { a: {} }, is: 'auto default' },
  { title: 'other settings', rules: top({ loadBalancer: { simple: 'RANDOM' } }), is: 'auto default' },
  { title: 'ISTIO_MUTUAL', rules: top(tls('ISTIO_MUTUAL')), is: 'mtls rule' },
  {
    title: 'ISTIO_MUTUAL whatever the namespace says',
    rules: top(tls('ISTIO_MUTUAL')),
    policies: { ns: 'DISABLE' },
    is: 'mtls rule',
  },
  { title: 'ISTIO_MUTUAL by hand', rules: top(tls('ISTIO_MUTUAL')), noAuto: true, is: 'mtls rule' },
  { title: 'DISABLE', rules: top(tls('DISABLE')), is: 'plaintext rule' },
  { title: 'tls without mode', rules: top({ tls: { sni: 'web' } }), is: 'plaintext rule' },
  { title: 'SIMPLE', rules: top(tls('SIMPLE')), is: 'simple rule' },
  { title: 'MUTUAL', rules: top(tls('MUTUAL')), is: 'mutual rule' },
  { title: 'SIMPLE to a host outside', target: 'external', rules: top(tls('SIMPLE')), is: 'simple rule' },
  { title: 'SIMPLE with a Secret', rules: top(tls('SIMPLE', secret)), is: 'plaintext dropped' },
  { title: 'MUTUAL with a Secret', rules: top(tls('MUTUAL', secret)), is: 'plaintext dropped' },
  {
    title: 'SIMPLE with a Secret, at a gateway',
    rules: top(tls('SIMPLE', secret)),
    client: { mode: 'gateway' },
    is: 'simple rule',
  },
  {
    title: 'SIMPLE with a ConfigMap',
    rules: top(tls('SIMPLE', { credentialName: 'configmap://ca' })),
    is: 'simple rule',
  },
  {
    title: 'SIMPLE with a Secret, for chosen workloads',
    rules: {
      'clients/a': { workloadSelector: { matchLabels: { app: 'c' } }, trafficPolicy: tls('SIMPLE', secret) },
    },
    client: { labels: { app: 'c' } },
    is: 'simple rule',
  },
  {
    title: 'chosen workloads that it is not',
    rules: {
      'clients/a': { workloadSelector: { matchLabels: { app: 'c' } }, trafficPolicy: tls('DISABLE') },
    },
    is: 'auto default',
  },
  { title: 'port', rules: top(port(tls('DISABLE'), tls('ISTIO_MUTUAL'))), is: 'plaintext rule' },
  {
    title: 'another port',
    rules: top({ ...tls('SIMPLE'), portLevelSettings: [{ port: { number: 81 }, ...tls('DISABLE') }] }),
    is: 'simple rule',
  },
  { title: 'port without tls', rules: top(port({})), is: 'auto default' },
  {
    title: 'port without tls: endpoints are asked by what stands around it',
    rules: top(port({}, tls('DISABLE'))),
    is: 'plaintext rule',
  },
  { title: 'which ISTIO_MUTUAL does no harm', rules: top(port({}, tls('ISTIO_MUTUAL'))), is: 'auto rule' },
  { title: 'subset inherits', subset: 'v1', rules: subset({}, tls('DISABLE')), is: 'plaintext rule' },
  {
    title: 'subset inherits the port',
    subset: 'v1',
    rules: subset({}, port(tls('DISABLE'))),
    is: 'plaintext rule',
  },
  {
    title: 'subset says otherwise',
    subset: 'v1',
    rules: subset(tls('ISTIO_MUTUAL'), tls('DISABLE')),
    is: 'mtls rule',
  },
  {
    title: 'subset wins over the port',
    subset: 'v1',
    rules: subset(tls('DISABLE'), port(tls('ISTIO_MUTUAL'))),
    is: 'plaintext rule',
  },
  {
    title: 'port of the subset',
    subset: 'v1',
    rules: subset(port(tls('SIMPLE'), tls('ISTIO_MUTUAL'))),
    is: 'simple rule',
  },
  {
    title: 'port of the subset without tls',
    subset: 'v1',
    rules: subset(port({}), tls('DISABLE')),
    is: 'plaintext rule',
  },
  { title: 'no such subset', subset: 'v1', rules: { a: {} }, is: '' },
  { title: 'subset without any rule', subset: 'v1', is: '' },
  {
    title: 'two rules of unknown age',
    rules: { a: { trafficPolicy: tls('DISABLE') }, b: { trafficPolicy: tls('ISTIO_MUTUAL') } },
    is: 'plaintext rule | mtls rule',
  },
  {
    title: 'the rule of the client comes first',
    rules: { a: { trafficPolicy: tls('DISABLE') }, 'clients/b': { trafficPolicy: tls('ISTIO_MUTUAL') } },
    is: 'mtls rule',
  },
  {
    title: 'the rule of the root comes last',
    rules: { 'istio-system/a': { host: '*.local', trafficPolicy: tls('ISTIO_MUTUAL') } },
    is: 'mtls rule',
  },
  {
    title: 'a rule kept to its namespace',
    rules: { a: { exportTo: ['.'], trafficPolicy: tls('DISABLE') } },
    is: 'auto default',
  },
];

test.each(rows)('$title', async (row) => {
  const { graph } = await openTexts([{ path: 'mesh.json', raw: JSON.stringify(meshOf(row)) }]);
  const modes = ask(graph, row).map(({ sends, why }) => `${sends} ${why}`);
  expect(modes.join(' | ')).toBe(row.is);
});

function ask(graph: WholeGraph, { subset: name, target, client }: Row): readonly ClientMode[] {
  const found = target === undefined ? graph.list('Service')[0] : graph.list('ServiceEntry')[0];
  if (found === undefined) throw new Error('no target');
  return clientModes(graph, {
    client: { namespace: 'clients', labels: {}, ...client },
    target: found,
    host: hostOf(target),
    port: 80,
    ...(name === undefined ? {} : { subset: name }),
    from: found,
  });
}

function hostOf(target: Row['target']): string {
  return target === undefined ? 'web.shop.svc.cluster.local' : 'web.example.com';
}

function meshOf({ rules = {}, policies = {}, noAuto, target }: Row): object {
  const host = hostOf(target);
  const targetManifest =
    target === undefined
      ? manifest('v1', 'Service', 'shop/web', { ports: [{ name: 'http', port: 80 }] })
      : manifest('networking.istio.io/v1', 'ServiceEntry', 'shop/web', {
          hosts: [host],
          location: `MESH_${target.toUpperCase()}`,
          resolution: 'DNS',
        });
  const items = [
    targetManifest,
    ...Object.entries(policies).map(([level, mode]) =>
      manifest(
        'security.istio.io/v1',
        'PeerAuthentication',
        `${level === 'mesh' ? 'istio-system' : 'shop'}/${level}`,
        {
          mtls: { mode },
          ...(level === 'wl' ? { selector: { matchLabels: { app: 'web' } } } : {}),
        },
      ),
    ),
    ...Object.entries(rules).map(([name, spec]) =>
      manifest('networking.istio.io/v1', 'DestinationRule', name.includes('/') ? name : `shop/${name}`, {
        host,
        ...spec,
      }),
    ),
    {
      ...manifest('v1', 'ConfigMap', 'istio-system/istio', undefined),
      data: { mesh: `enableAutoMtls: ${noAuto === undefined}` },
    },
  ];
  return { apiVersion: 'v1', kind: 'List', items };
}

function manifest(apiVersion: string, kind: string, at: string, spec: object | undefined): object {
  const [namespace, name] = at.split('/');
  return { apiVersion, kind, metadata: { name, namespace }, spec };
}
