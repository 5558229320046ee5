import { describe, expect, test } from 'vitest';
import type { Resource } from '../../graph/resource.ts';
import { openTexts } from '../../session/session.ts';
import { decisiveFields, lostParts, translateForZtunnel, translateRule } from './ztunnel.ts';

const x = ['x'];

describe('what becomes of a rule', () => {
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
