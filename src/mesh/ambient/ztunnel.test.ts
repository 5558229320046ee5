import { describe, expect, test } from 'vitest';
import type { Resource } from '../../graph/resource.ts';
import type { AuthorizationRule } from '../../model/kinds.gen.ts';
import { openTexts } from '../../session/session.ts';
import { decisiveFields, lostParts, type RuleEffect, translateForZtunnel, translateRule } from './ztunnel.ts';

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

const rows: readonly Row[] = [
  // Rules without a clause.
  same('an empty rule', {}, 'matches-all'),
  same('empty lists', { to: [], from: [], when: [] }, 'matches-all'),
  // What ztunnel understands.
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
  // HTTP alone: an entry that is lost.
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
  // HTTP beside L4 in one entry: broader.
  dropped('ports and paths', to({ ports: ['80'], paths: x }), 'broader'),
  dropped('notPorts and methods', to({ notPorts: ['80'], methods: x }), 'broader'),
  dropped('ports and notPaths', to({ ports: ['80'], notPaths: x }), 'broader'),
  dropped('principals and requestPrincipals', from({ principals: x, requestPrincipals: x }), 'broader'),
  dropped('namespaces and remoteIpBlocks', from({ namespaces: x, remoteIpBlocks: x }), 'broader'),
  // Several entries in one part: ORed.
  dropped('one entry of two is lost', to({ ports: ['80'] }, { paths: x }), 'narrower'),
  dropped('one of two sources is lost', from({ principals: x }, { requestPrincipals: x }), 'narrower'),
  dropped('one is lost, one is broader', to({ paths: x }, { ports: ['80'], methods: x }), 'narrower'),
  dropped('both are lost', to({ paths: x }, { methods: x }), 'dead'),
  dropped('both are broader', to({ ports: ['80'], paths: x }, { ports: ['81'], paths: x }), 'broader'),
  // Several parts: ANDed.
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
  // Peers that are left out although they are no HTTP.
  same('a trust domain alone', from({ trustDomains: x }), 'dead'),
  same('notTrustDomains alone', from({ notTrustDomains: x }), 'dead'),
  same('a trust domain and a namespace', from({ trustDomains: x, namespaces: x }), 'broader'),
  same('a trust domain, or a principal', from({ trustDomains: x }, { principals: x }), 'narrower'),
  dropped('when source.serviceAccount', when('source.serviceAccount'), 'dead'),
  dropped('when source.trustDomain', when('source.trustDomain'), 'dead'),
  dropped('a trust domain and a token', from({ trustDomains: x, requestPrincipals: x }), 'dead'),
  // What cannot be read.
  same('no port', to({ ports: ['http'] }), 'dead'),
  same('a port too high', to({ ports: ['65536'] }), 'dead'),
  same('one port of two', to({ ports: ['http', '80'] }), 'kept'),
  same('an operation without a field', to({}), 'dead'),
  same('a source without a field', from({}), 'dead'),
  same('a condition without values', { when: [{ key: 'source.ip' }] }, 'dead'),
  same('an entry without an operation', { to: [{}] }, 'dead'),
];

describe('what becomes of a rule', () => {
  test.each(rows)('$it: ALLOW $allow, DENY $deny', ({ rule, allow, deny }) => {
    expect(translateRule(rule, 0, 'ALLOW').effect).toBe(allow);
    expect(translateRule(rule, 0, 'DENY').effect).toBe(deny);
  });

  test('fields are told by the object that holds them', () => {
    const operation = { paths: x, ports: ['80'], methods: x };
    const condition = { key: 'request.headers[a]', values: x };
    const { l7, untranslated } = translateRule(
      { to: [{ operation }], from: [{ source: { trustDomains: x } }], when: [condition] },
      0,
      'DENY',
    );
    expect(l7).toEqual([
      { owner: operation, key: 'paths', part: 'key', name: 'paths' },
      { owner: operation, key: 'methods', part: 'key', name: 'methods' },
      { owner: condition, key: 'key', part: 'value', name: 'request.headers[a]' },
    ]);
    expect(l7[0]?.owner).toBe(operation);
    expect(l7[2]?.owner).toBe(condition);
    expect(untranslated.map(({ name }) => name)).toEqual(['trustDomains']);
  });
});

async function policyOf(spec: string, annotations = '{}'): Promise<Resource<'AuthorizationPolicy'>> {
  const raw = `apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: { name: a, namespace: b, annotations: ${annotations} }\nspec: ${spec}\n`;
  const { graph } = await openTexts([{ path: 'a.yaml', raw }], { world: 'closed' });
  const [policy] = graph.list('AuthorizationPolicy');
  if (policy === undefined) throw new Error('no policy was read');
  return policy;
}

const l4 = '{ from: [{ source: { principals: [x] } }] }';
const l7 = '{ to: [{ operation: { paths: [x] } }] }';
const mixed = '{ to: [{ operation: { ports: ["80"], paths: [x] } }] }';
const half = '{ to: [{ operation: { ports: ["80"] } }, { operation: { methods: [x] } }] }';
const peer = '{ when: [{ key: source.serviceAccount, values: [x] }] }';

/** Rules, the consequence of their HTTP fields, and what is lost. */
const policies: readonly {
  action: string;
  rules: readonly string[];
  is: string | undefined;
  lost?: readonly string[];
  fields?: readonly string[];
}[] = [
  { action: 'ALLOW', rules: [], is: undefined },
  { action: 'ALLOW', rules: ['{}'], is: undefined },
  { action: 'ALLOW', rules: [l4], is: undefined },
  { action: 'ALLOW', rules: [peer], is: undefined },
  { action: 'ALLOW', rules: [l7], is: 'admits-nothing', lost: ['rules[0]'], fields: ['paths'] },
  { action: 'ALLOW', rules: [mixed], is: 'admits-nothing', lost: ['rules[0]'], fields: ['paths'] },
  {
    action: 'ALLOW',
    rules: [half, mixed],
    is: 'admits-nothing',
    lost: ['rules[0]', 'rules[1]'],
    fields: ['methods', 'paths'],
  },
  { action: 'ALLOW', rules: [l4, l7], is: 'admits-less', lost: ['rules[1]'], fields: ['paths'] },
  { action: 'ALLOW', rules: ['{}', l7], is: 'admits-less', lost: ['rules[1]'] },
  { action: 'ALLOW', rules: [peer, l7], is: 'admits-nothing', lost: ['rules[1]'] },
  { action: 'DENY', rules: [], is: undefined },
  { action: 'DENY', rules: [l4], is: undefined },
  { action: 'DENY', rules: [peer], is: undefined },
  { action: 'DENY', rules: [l7], is: 'denies-nothing', lost: ['rules[0]'], fields: ['paths'] },
  { action: 'DENY', rules: [l7, l7], is: 'denies-nothing', lost: ['rules[0]', 'rules[1]'] },
  { action: 'DENY', rules: [peer, l7], is: 'denies-nothing', lost: ['rules[1]'] },
  { action: 'DENY', rules: [l4, l7], is: 'denies-less', lost: ['rules[1]'], fields: ['paths'] },
  { action: 'DENY', rules: [half], is: 'denies-less', lost: ['rules[0].to[1]'], fields: ['methods'] },
  { action: 'DENY', rules: [mixed, half], is: 'denies-less', lost: ['rules[1].to[1]'], fields: ['methods'] },
  { action: 'DENY', rules: [mixed, l7], is: 'denies-less', lost: ['rules[1]'], fields: ['paths'] },
  { action: 'DENY', rules: [mixed], is: 'denies-more', lost: [], fields: ['paths'] },
  { action: 'DENY', rules: [l4, mixed], is: 'denies-more', lost: [] },
  {
    action: 'DENY',
    rules: [
      '{ from: [{ source: { trustDomains: [x] } }, { source: { principals: [x], requestPrincipals: [x] } }] }',
    ],
    is: 'denies-more',
    lost: [],
  },
];

describe('what becomes of a policy', () => {
  test.each(policies)('$action $rules → $is', async ({ action, rules, is, lost, fields }) => {
    const sent = translateForZtunnel(await policyOf(`{ action: ${action}, rules: [${rules.join(', ')}] }`));
    if (sent.state === 'skipped') throw new Error(sent.why);
    expect(sent.consequence).toBe(is);
    if (lost !== undefined) expect(lostParts(sent)).toEqual(lost);
    if (fields !== undefined) expect(decisiveFields(sent).map(({ name }) => name)).toEqual(fields);
  });

  test('without an action it allows', async () => {
    expect(translateForZtunnel(await policyOf('{}'))).toEqual({ state: 'sent', action: 'ALLOW', rules: [] });
  });

  const skipped: readonly [spec: string, annotations: string, why: string][] = [
    ['{ action: CUSTOM }', '{}', 'action'],
    ['{ action: AUDIT }', '{}', 'action'],
    ['{ targetRefs: [{ kind: Service, name: x }] }', '{}', 'target-refs'],
    ['{ targetRef: { kind: Service, name: x } }', '{}', 'target-refs'],
    ['{}', '{ istio.io/dry-run: "true" }', 'dry-run'],
    ['{}', '{ istio.io/dry-run: "1" }', 'dry-run'],
  ];
  test.each(skipped)('%s %s is not sent: %s', async (spec, annotations, why) => {
    expect(translateForZtunnel(await policyOf(spec, annotations))).toEqual({ state: 'skipped', why });
  });
  test.each(['false', 'yes', ''])('dry-run: "%s" is not dry', async (value) => {
    expect(translateForZtunnel(await policyOf('{}', `{ istio.io/dry-run: "${value}" }`)).state).toBe('sent');
  });
});
