import { expect, test } from 'vitest';
import type { World } from '../../graph/evidence.ts';
import { openTexts } from '../../session/session.ts';
import { findMissingSubset } from './subsets.ts';
import { routeTargets } from './virtual-services.ts';

interface Case {
  readonly title: string;
  /** Specs of DestinationRules by `namespace/name`; `v1` stands for a subset of that name. */
  readonly rules: Readonly<Record<string, object>>;
  /** The VirtualService: its namespace and what its spec says besides the route to subset v1 of `web`. */
  readonly from?: string;
  readonly spec?: object;
  readonly others?: readonly object[];
  readonly world?: World;
  /** Reason and state of the look-up; nothing when the subset is found. */
  readonly is: string;
}

const host = 'web.shop.svc.cluster.local';
const v1 = { host, subsets: [{ name: 'v1' }] };
const own = { ...v1, exportTo: ['.'] };
const viaGateway = { hosts: ['shop.example.com'], gateways: ['edge/public'] };

function manifest(apiVersion: string, kind: string, at: string, spec: object): object {
  const [namespace, name] = at.split('/');
  return { apiVersion, kind, metadata: { name, ...(namespace === '' ? {} : { namespace }) }, spec };
}
const gateway = (selector: object): object =>
  manifest('networking.istio.io/v1', 'Gateway', 'edge/public', { selector });
const pods = (namespace: string, labels: object): object =>
  manifest('apps/v1', 'Deployment', `${namespace}/pods`, { template: { metadata: { labels } } });

const cases: readonly Case[] = [
  { title: 'defined beside the Service', rules: { 'shop/web': v1 }, is: '' },
  { title: 'nothing at all', rules: {}, is: 'noRule absent' },
  {
    title: 'another subset',
    rules: { 'shop/web': { host, subsets: [{ name: 'v2' }] } },
    is: 'undefined absent',
  },
  { title: 'a rule without subsets', rules: { 'shop/web': { host } }, is: 'undefined absent' },
  { title: 'a wildcard rule without subsets', rules: { 'shop/all': { host: '*' } }, is: 'noRule absent' },
  { title: 'kept to its namespace, asked from there', rules: { 'shop/web': own }, is: '' },
  { title: 'asked from elsewhere, for everyone', rules: { 'shop/web': own }, from: 'web', is: '' },
  {
    title: 'asked from elsewhere, for that namespace',
    rules: { 'shop/web': own },
    from: 'web',
    spec: { exportTo: ['.'] },
    is: 'unseen absent',
  },
  {
    title: 'asked for namespaces of which one sees it',
    rules: { 'shop/web': own },
    from: 'web',
    spec: { exportTo: ['other', 'shop'] },
    is: '',
  },
  {
    title: 'exported to one namespace besides its own',
    rules: { 'shop/web': { ...v1, exportTo: ['.', 'web'] } },
    from: 'tools',
    spec: { exportTo: ['tools'] },
    is: 'unseen absent',
  },
  { title: 'in a third namespace', rules: { 'tools/web': v1 }, is: 'unseen absent' },
  {
    title: 'in a third namespace with clients',
    rules: { 'tools/web': v1 },
    others: [pods('tools', { app: 'client' })],
    is: '',
  },
  {
    title: 'in a third namespace, of which little is loaded',
    rules: { 'tools/web': v1 },
    world: 'auto',
    is: '',
  },
  {
    title: 'by whoever includes the delegate',
    rules: { 'tools/web': v1 },
    spec: { hosts: undefined, exportTo: ['.'] },
    others: [pods('tools', { app: 'client' })],
    is: '',
  },
  {
    title: 'at the gateway that Istio brings',
    rules: { 'shop/web': own },
    spec: viaGateway,
    others: [gateway({ istio: 'ingressgateway' })],
    is: 'unseen absent',
  },
  {
    title: 'at a gateway in the namespace of the rule',
    rules: { 'shop/web': own },
    spec: viaGateway,
    others: [gateway({ app: 'edge' }), pods('shop', { app: 'edge' })],
    is: '',
  },
  {
    title: 'at a gateway somewhere else',
    rules: { 'shop/web': own },
    spec: viaGateway,
    others: [gateway({ app: 'edge' }), pods('edge', { app: 'edge' })],
    is: 'unseen absent',
  },
  {
    title: 'at a gateway whose pods are not loaded',
    rules: { 'shop/web': own },
    spec: viaGateway,
    others: [gateway({ istio: 'ingressgateway' })],
    world: 'auto',
    is: '',
  },
  { title: 'at a gateway that does not exist', rules: { 'shop/web': own }, spec: viaGateway, is: '' },
  {
    title: 'at a Gateway of the Gateway API',
    rules: { 'shop/web': own },
    spec: viaGateway,
    others: [
      manifest('gateway.networking.k8s.io/v1', 'Gateway', 'edge/public', { gatewayClassName: 'istio' }),
    ],
    is: 'unseen absent',
  },
  {
    title: 'at a gateway and in the mesh',
    rules: { 'shop/web': own },
    spec: { gateways: ['edge/public', 'mesh'] },
    others: [gateway({ app: 'edge' }), pods('edge', { app: 'edge' })],
    is: '',
  },
  { title: 'in an open world', rules: { 'shop/web': { host } }, world: 'open', is: 'undefined unknown' },
];

test.each(cases)('$title', async ({ rules, from = 'shop', spec, others = [], world = 'closed', is }) => {
  const items = [
    manifest('v1', 'Service', 'shop/web', { selector: { app: 'web' }, ports: [{ port: 80 }] }),
    manifest('networking.istio.io/v1', 'VirtualService', `${from}/routes`, {
      hosts: [host],
      http: [{ route: [{ destination: { host, subset: 'v1' } }] }],
      ...spec,
    }),
    ...Object.entries(rules).map(([at, rule]) =>
      manifest('networking.istio.io/v1', 'DestinationRule', at, rule),
    ),
    ...others,
  ];
  const raw = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const { graph } = await openTexts([{ path: 'mesh.json', raw }], { world });
  const answers = graph
    .list('VirtualService')
    .flatMap((service) => routeTargets(graph, service).map((target) => findMissingSubset(graph, target)));
  expect(
    answers.map((answer) => (answer === undefined ? '' : `${answer.reason} ${answer.lookup.state}`)),
  ).toEqual([is]);
});
