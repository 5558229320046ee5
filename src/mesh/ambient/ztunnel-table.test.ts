import { describe, expect, test } from 'vitest';
import type { AuthorizationRule } from '../../model/kinds.gen.ts';
import { openTexts } from '../../session/session.ts';
import { authorizationPolicies } from '../policies/policies.ts';
import { workloads } from '../workloads/workloads.ts';
import { type RuleEffect, translateForZtunnel, translateRule } from './ztunnel.ts';

/** Where the source says so; istio/istio unless it is named. */
const sources = {
  noClause: 'src/rbac.rs of istio/ztunnel, `Authorization::matches`: a rule without clauses stays true',
  rule: 'pilot/pkg/serviceregistry/ambient/authorization.go, `handleRule`: the fields of each match',
  http: 'pilot/pkg/serviceregistry/ambient/authorization.go, `httpOperations`, `httpSources`, `l4WhenAttributes`',
  entries:
    'src/rbac.rs of istio/ztunnel, `Authorization::matches`: an empty match is passed over, any other is enough',
  clauses: 'src/rbac.rs of istio/ztunnel, `Authorization::matches`: every clause has to match',
  peers: 'pilot/pkg/serviceregistry/ambient/authorization.go, `handleRule`: trust domains are in no match',
  unreadable: 'pilot/pkg/serviceregistry/ambient/authorization.go, `stringToPort`, `stringToIP`: left out',
  action: 'pilot/pkg/serviceregistry/ambient/authorization.go, `convertAuthorizationPolicy`: actions',
  dryRun: 'pilot/pkg/serviceregistry/ambient/authorization.go, `convertAuthorizationPolicy`: the annotation',
  targets:
    'pilot/pkg/serviceregistry/ambient/authorization.go, `convertAuthorizationPolicy`: targets are not for ztunnel',
  scope: 'pilot/pkg/serviceregistry/ambient/policies.go, `PolicyCollections`: scope and labels',
  attach: 'pilot/pkg/model/policyattachment.go, `ShouldAttachPolicy`: waypoints never use selectors',
} as const;
type Proof = keyof typeof sources;

type To = NonNullable<NonNullable<AuthorizationRule['to']>[number]['operation']>;
type From = NonNullable<NonNullable<AuthorizationRule['from']>[number]['source']>;
const to = (...operations: To[]): AuthorizationRule => ({
  to: operations.map((operation) => ({ operation })),
});
const from = (...sources: From[]): AuthorizationRule => ({ from: sources.map((source) => ({ source })) });
const valueFor: Readonly<Record<string, string>> = {
  'destination.port': '80',
  'source.ip': '10.0.0.1',
  'destination.ip': 'fd00::/8',
};
const when = (...keys: string[]): AuthorizationRule => ({
  when: keys.map((key) => ({ key, values: [valueFor[key] ?? 'x'] })),
});
const x = ['x'];

/** What becomes of one rule, by the action of its policy. */
interface Row {
  readonly it: string;
  readonly rule: AuthorizationRule;
  readonly allow: RuleEffect;
  readonly deny: RuleEffect;
}
interface ProvenRow extends Row {
  readonly proof: Proof;
}

const proven = (proof: Proof, all: readonly Row[]): readonly ProvenRow[] =>
  all.map((row) => ({ ...row, proof }));

const same = (it: string, rule: AuthorizationRule, effect: RuleEffect): Row => ({
  it,
  rule,
  allow: effect,
  deny: effect,
});
const dropped = (it: string, rule: AuthorizationRule, deny: RuleEffect): Row => ({
  it,
  rule,
  allow: 'dropped',
  deny,
});

const rows: readonly ProvenRow[] = [
  // Rules without a clause.
  ...proven('noClause', [
    same('an empty rule', {}, 'matches-all'),
    same('empty lists', { to: [], from: [], when: [] }, 'matches-all'),
  ]),
  // What ztunnel understands.
  ...proven('rule', [
    same('ports', to({ ports: ['80'] }), 'kept'),
    same('notPorts', to({ notPorts: ['80'] }), 'kept'),
    same('principals', from({ principals: x }), 'kept'),
    same('notPrincipals', from({ notPrincipals: x }), 'kept'),
    same('namespaces', from({ namespaces: x }), 'kept'),
    same('notNamespaces', from({ notNamespaces: x }), 'kept'),
    same('serviceAccounts', from({ serviceAccounts: x }), 'kept'),
    same('notServiceAccounts', from({ notServiceAccounts: x }), 'kept'),
    same('ipBlocks', from({ ipBlocks: ['10.0.0.0/8'] }), 'kept'),
    same('notIpBlocks', from({ notIpBlocks: ['10.0.0.0/8'] }), 'kept'),
    same('when source.ip', when('source.ip'), 'kept'),
    same('when source.namespace', when('source.namespace'), 'kept'),
    same('when source.principal', when('source.principal'), 'kept'),
    same('when destination.ip', when('destination.ip'), 'kept'),
    same('when destination.port', when('destination.port'), 'kept'),
    same('when with notValues only', { when: [{ key: 'source.namespace', notValues: x }] }, 'kept'),
    same(
      'all parts',
      { ...to({ ports: ['80'] }), ...from({ principals: x }), ...when('source.namespace') },
      'kept',
    ),
    same('empty lists of HTTP fields', to({ ports: ['80'], paths: [], hosts: [] }), 'kept'),
  ]),
  // HTTP alone: an entry that is lost.
  ...proven('http', [
    dropped('hosts', to({ hosts: x }), 'dead'),
    dropped('notHosts', to({ notHosts: x }), 'dead'),
    dropped('methods', to({ methods: x }), 'dead'),
    dropped('notMethods', to({ notMethods: x }), 'dead'),
    dropped('paths', to({ paths: x }), 'dead'),
    dropped('notPaths', to({ notPaths: x }), 'dead'),
    dropped('requestPrincipals', from({ requestPrincipals: x }), 'dead'),
    dropped('notRequestPrincipals', from({ notRequestPrincipals: x }), 'dead'),
    dropped('remoteIpBlocks', from({ remoteIpBlocks: x }), 'dead'),
    dropped('notRemoteIpBlocks', from({ notRemoteIpBlocks: x }), 'dead'),
    dropped('when request.headers', when('request.headers[x-user]'), 'dead'),
    dropped('when request.auth.claims', when('request.auth.claims[iss]'), 'dead'),
    dropped('when request.auth.principal', when('request.auth.principal'), 'dead'),
    dropped('when request.auth.audiences', when('request.auth.audiences'), 'dead'),
    dropped('when request.auth.presenter', when('request.auth.presenter'), 'dead'),
    dropped('when remote.ip', when('remote.ip'), 'dead'),
    dropped('when connection.sni', when('connection.sni'), 'dead'),
    dropped('when experimental', when('experimental.envoy.filters.a.b[c]'), 'dead'),
    dropped('when without a key', { when: [{ values: x }] }, 'dead'),
    dropped('when a key that every object has', when('constructor'), 'dead'),
  ]),
  // HTTP beside L4 in one entry: broader.
  ...proven('http', [
    dropped('ports and paths', to({ ports: ['80'], paths: x }), 'broader'),
    dropped('notPorts and methods', to({ notPorts: ['80'], methods: x }), 'broader'),
    dropped('ports and notPaths', to({ ports: ['80'], notPaths: x }), 'broader'),
    dropped('principals and requestPrincipals', from({ principals: x, requestPrincipals: x }), 'broader'),
    dropped('namespaces and remoteIpBlocks', from({ namespaces: x, remoteIpBlocks: x }), 'broader'),
  ]),
  // Several entries in one part: ORed.
  ...proven('entries', [
    dropped('one entry of two is lost', to({ ports: ['80'] }, { paths: x }), 'narrower'),
    dropped('one of two sources is lost', from({ principals: x }, { requestPrincipals: x }), 'narrower'),
    dropped('one is lost, one is broader', to({ paths: x }, { ports: ['80'], methods: x }), 'narrower'),
    dropped('both are lost', to({ paths: x }, { methods: x }), 'dead'),
    dropped('both are broader', to({ ports: ['80'], paths: x }, { ports: ['81'], paths: x }), 'broader'),
  ]),
  // Several parts: ANDed.
  ...proven('clauses', [
    dropped('a source and paths', { ...from({ principals: x }), ...to({ paths: x }) }, 'dead'),
    dropped('a token and ports', { ...from({ requestPrincipals: x }), ...to({ ports: ['80'] }) }, 'dead'),
    dropped(
      'a source, ports with paths',
      { ...from({ principals: x }), ...to({ ports: ['80'], paths: x }) },
      'broader',
    ),
    dropped(
      'a source, one operation of two',
      { ...from({ principals: x }), ...to({ ports: ['80'] }, { paths: x }) },
      'narrower',
    ),
    dropped('ports and a header', { ...to({ ports: ['80'] }), ...when('request.headers[a]') }, 'dead'),
    dropped('a namespace and a server name', when('source.namespace', 'connection.sni'), 'dead'),
    dropped('conditions of HTTP only', when('connection.sni', 'request.headers[a]'), 'dead'),
    same('two conditions that hold', when('source.namespace', 'destination.port'), 'kept'),
  ]),
  // Peers that are left out although they are no HTTP.
  ...proven('peers', [
    same('a trust domain alone', from({ trustDomains: x }), 'dead'),
    same('notTrustDomains alone', from({ notTrustDomains: x }), 'dead'),
    same('a trust domain and a namespace', from({ trustDomains: x, namespaces: x }), 'broader'),
    same('a trust domain, or a principal', from({ trustDomains: x }, { principals: x }), 'narrower'),
    dropped('when source.serviceAccount', when('source.serviceAccount'), 'dead'),
    dropped('when source.trustDomain', when('source.trustDomain'), 'dead'),
    dropped('a trust domain and a token', from({ trustDomains: x, requestPrincipals: x }), 'dead'),
  ]),
  // What cannot be read.
  ...proven('unreadable', [
    same('no port', to({ ports: ['http'] }), 'dead'),
    same('a port too high', to({ ports: ['65536'] }), 'dead'),
    same('one port of two', to({ ports: ['http', '80'] }), 'kept'),
    same('no address', from({ ipBlocks: ['intern'] }), 'dead'),
    same('one address of two', from({ ipBlocks: ['10.0.0.0/33', 'fd00::/8'] }), 'kept'),
    same('an operation without a field', to({}), 'dead'),
    same('a source without a field', from({}), 'dead'),
    same('a condition without values', { when: [{ key: 'source.ip' }] }, 'dead'),
    same('an entry without an operation', { to: [{}] }, 'dead'),
  ]),
];

describe('what becomes of a rule', () => {
  test.each(rows)('$it: ALLOW $allow ($proof)', ({ rule, allow }) => {
    expect(translateRule(rule, 0, 'ALLOW').effect).toBe(allow);
  });
  test.each(rows)('$it: DENY $deny ($proof)', ({ rule, deny }) => {
    expect(translateRule(rule, 0, 'DENY').effect).toBe(deny);
  });
});

type Action = 'ALLOW' | 'DENY' | 'CUSTOM' | 'AUDIT' | 'dry-run';
/** `wide`: neither selector nor target; `bare`: `selector: {}`; `root`: for the mesh; else what `targetRefs` name. */
type Attachment = 'wide' | 'selector' | 'bare' | 'root' | 'Service' | 'Gateway' | 'GatewayClass';
type Fields = 'none' | 'L4' | 'L7' | 'mixed' | 'both';
/** What the ztunnel of the workload gets, and what its waypoint applies; `-` where there is none. */
type Outcome = readonly [
  action: Action,
  fields: Fields,
  attachment: Attachment,
  waypoint: 'waypoint' | 'none',
  atZtunnel: RuleEffect | 'nothing' | 'no rule',
  atWaypoint: 'applied' | 'ignored' | '-',
  proof: Proof,
];

const outcomes: readonly Outcome[] = [
  ['ALLOW', 'none', 'wide', 'none', 'no rule', '-', 'scope'],
  ['ALLOW', 'L4', 'wide', 'none', 'kept', '-', 'scope'],
  ['ALLOW', 'L7', 'wide', 'none', 'dropped', '-', 'http'],
  ['ALLOW', 'mixed', 'wide', 'none', 'dropped', '-', 'http'],
  ['ALLOW', 'both', 'wide', 'none', 'dropped', '-', 'http'],
  ['DENY', 'none', 'wide', 'none', 'no rule', '-', 'scope'],
  ['DENY', 'L4', 'wide', 'none', 'kept', '-', 'scope'],
  ['DENY', 'L7', 'wide', 'none', 'dead', '-', 'entries'],
  ['DENY', 'mixed', 'wide', 'none', 'broader', '-', 'rule'],
  ['DENY', 'both', 'wide', 'none', 'dead', '-', 'clauses'],
  ['CUSTOM', 'L4', 'wide', 'none', 'nothing', '-', 'action'],
  ['CUSTOM', 'L7', 'selector', 'none', 'nothing', '-', 'action'],
  ['AUDIT', 'L4', 'wide', 'none', 'nothing', '-', 'action'],
  ['AUDIT', 'mixed', 'selector', 'none', 'nothing', '-', 'action'],
  ['dry-run', 'L4', 'wide', 'none', 'nothing', '-', 'dryRun'],
  ['dry-run', 'L7', 'selector', 'none', 'nothing', '-', 'dryRun'],
  // By selector, from the root namespace, and with a selector that names no labels.
  ['ALLOW', 'L4', 'selector', 'none', 'kept', '-', 'scope'],
  ['DENY', 'L7', 'selector', 'none', 'dead', '-', 'entries'],
  ['ALLOW', 'L4', 'root', 'none', 'kept', '-', 'scope'],
  ['DENY', 'mixed', 'root', 'none', 'broader', '-', 'rule'],
  ['ALLOW', 'none', 'bare', 'none', 'nothing', '-', 'scope'],
  ['ALLOW', 'L4', 'bare', 'none', 'nothing', '-', 'scope'],
  ['DENY', 'L4', 'bare', 'none', 'nothing', '-', 'scope'],
  // A waypoint changes nothing for ztunnel, and takes nothing without a target.
  ['ALLOW', 'none', 'wide', 'waypoint', 'no rule', 'ignored', 'attach'],
  ['ALLOW', 'L4', 'wide', 'waypoint', 'kept', 'ignored', 'attach'],
  ['ALLOW', 'L7', 'wide', 'waypoint', 'dropped', 'ignored', 'attach'],
  ['ALLOW', 'mixed', 'selector', 'waypoint', 'dropped', 'ignored', 'attach'],
  ['DENY', 'L4', 'selector', 'waypoint', 'kept', 'ignored', 'attach'],
  ['DENY', 'L7', 'selector', 'waypoint', 'dead', 'ignored', 'attach'],
  ['DENY', 'mixed', 'wide', 'waypoint', 'broader', 'ignored', 'attach'],
  ['DENY', 'both', 'root', 'waypoint', 'dead', 'ignored', 'attach'],
  ['CUSTOM', 'L7', 'wide', 'waypoint', 'nothing', 'ignored', 'attach'],
  ['AUDIT', 'L7', 'selector', 'waypoint', 'nothing', 'ignored', 'attach'],
  ['dry-run', 'L7', 'wide', 'waypoint', 'nothing', 'ignored', 'attach'],
  ['DENY', 'L4', 'bare', 'waypoint', 'nothing', 'ignored', 'scope'],
  // Targets are for waypoints only, whatever the action and the fields.
  ['ALLOW', 'none', 'Service', 'waypoint', 'nothing', 'applied', 'targets'],
  ['ALLOW', 'L4', 'Service', 'waypoint', 'nothing', 'applied', 'targets'],
  ['ALLOW', 'L7', 'Service', 'waypoint', 'nothing', 'applied', 'targets'],
  ['DENY', 'L4', 'Service', 'waypoint', 'nothing', 'applied', 'targets'],
  ['DENY', 'L7', 'Service', 'waypoint', 'nothing', 'applied', 'targets'],
  ['DENY', 'mixed', 'Gateway', 'waypoint', 'nothing', 'applied', 'targets'],
  ['ALLOW', 'both', 'Gateway', 'waypoint', 'nothing', 'applied', 'targets'],
  ['CUSTOM', 'L7', 'Service', 'waypoint', 'nothing', 'applied', 'targets'],
  ['CUSTOM', 'L4', 'Gateway', 'waypoint', 'nothing', 'applied', 'targets'],
  ['AUDIT', 'L7', 'Service', 'waypoint', 'nothing', 'applied', 'targets'],
  ['dry-run', 'L7', 'Service', 'waypoint', 'nothing', 'applied', 'targets'],
  ['ALLOW', 'none', 'GatewayClass', 'waypoint', 'nothing', 'applied', 'targets'],
  ['DENY', 'L7', 'GatewayClass', 'waypoint', 'nothing', 'applied', 'targets'],
  // Without a waypoint, nobody is left to apply them.
  ['ALLOW', 'L4', 'Service', 'none', 'nothing', '-', 'targets'],
  ['DENY', 'L4', 'Service', 'none', 'nothing', '-', 'targets'],
  ['DENY', 'L7', 'Service', 'none', 'nothing', '-', 'targets'],
  ['DENY', 'L4', 'Gateway', 'none', 'nothing', '-', 'targets'],
  ['CUSTOM', 'L7', 'Service', 'none', 'nothing', '-', 'targets'],
  ['ALLOW', 'L4', 'GatewayClass', 'none', 'nothing', '-', 'targets'],
];

describe('where a policy comes into force', () => {
  test.each(outcomes)(
    '%s with %s fields, %s, %s: ztunnel %s, waypoint %s (%s)',
    async (action, fields, attachment, waypoint, atZtunnel, atWaypoint) => {
      const raw = `${meshWith(waypoint === 'waypoint')}${policyWith(action, fields, attachment)}`;
      const { graph } = await openTexts([{ path: 'a.yaml', raw }], { world: 'closed' });
      const [workload] = workloads(graph).matching({ app: 'orders' }, 'shop');
      const [policy] = graph.list('AuthorizationPolicy');
      const [target] = graph.list('Service', 'shop');
      const [gateway] = graph.list('KubernetesGateway', 'shop');
      if (workload === undefined || policy === undefined) throw new Error('the mesh was not read');
      const index = authorizationPolicies(graph);

      const arrives = index.at({ type: 'ztunnel', workload }).includes(policy);
      const sent = translateForZtunnel(policy);
      const effect = sent.state === 'sent' ? (sent.rules[0]?.effect ?? 'no rule') : 'nothing';
      expect(arrives ? effect : 'nothing').toBe(atZtunnel);

      if (gateway === undefined || target === undefined) return expect(atWaypoint).toBe('-');
      const isApplied = index.at({ type: 'waypoint', gateway, target }).includes(policy);
      expect(isApplied ? 'applied' : 'ignored').toBe(atWaypoint);
    },
  );
});

test('every source is named by a row', () => {
  const named = new Set<Proof>([...rows.map(({ proof }) => proof), ...outcomes.map((row) => row[6])]);
  expect([...named].sort()).toEqual(Object.keys(sources).sort());
});

function meshWith(waypoint: boolean): string {
  const label = waypoint ? ', istio.io/use-waypoint: w' : '';
  const gateway = `---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: w, namespace: shop }
spec: { gatewayClassName: istio-waypoint, listeners: [{ name: mesh, port: 15008, protocol: HBONE }] }
`;
  return `apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { istio.io/dataplane-mode: ambient${label} } }
---
apiVersion: v1
kind: Service
metadata: { name: orders, namespace: shop }
spec: { selector: { app: orders } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: shop }
spec: { template: { metadata: { labels: { app: orders } } } }
${waypoint ? gateway : ''}`;
}

const rulesFor: Readonly<Record<Fields, string>> = {
  none: '[]',
  L4: '[{ from: [{ source: { namespaces: [shop] } }] }]',
  L7: '[{ to: [{ operation: { paths: ["/admin"] } }] }]',
  mixed: '[{ to: [{ operation: { ports: ["80"], paths: ["/admin"] } }] }]',
  both: '[{ from: [{ source: { namespaces: [shop] } }], to: [{ operation: { paths: ["/admin"] } }] }]',
};
const attachments: Readonly<Record<Attachment, string>> = {
  wide: '',
  selector: 'selector: { matchLabels: { app: orders } }, ',
  bare: 'selector: {}, ',
  root: '',
  Service: 'targetRefs: [{ group: "", kind: Service, name: orders }], ',
  Gateway: 'targetRefs: [{ group: gateway.networking.k8s.io, kind: Gateway, name: w }], ',
  GatewayClass:
    'targetRefs: [{ group: gateway.networking.k8s.io, kind: GatewayClass, name: istio-waypoint }], ',
};

function policyWith(action: Action, fields: Fields, attachment: Attachment): string {
  const isRoot = attachment === 'root' || attachment === 'GatewayClass';
  const annotations = action === 'dry-run' ? ', annotations: { istio.io/dry-run: "true" }' : '';
  const provider = action === 'CUSTOM' ? 'provider: { name: asks }, ' : '';
  return `---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: policy, namespace: ${isRoot ? 'istio-system' : 'shop'}${annotations} }
spec: { ${attachments[attachment]}${provider}action: ${action === 'dry-run' ? 'DENY' : action}, rules: ${rulesFor[fields]} }
`;
}
