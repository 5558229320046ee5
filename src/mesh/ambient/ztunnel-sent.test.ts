import { describe, expect, test } from 'vitest';
import { openTexts } from '../../session/session.ts';
import type { SentMatch } from './ztunnel-messages.ts';
import { sentToZtunnel } from './ztunnel-sent.ts';

async function sent(raw: string): Promise<ReturnType<typeof sentToZtunnel>> {
  const { graph } = await openTexts([{ path: 'a.yaml', raw }], { world: 'closed' });
  return sentToZtunnel(graph);
}

const from = (source: string): string => `{ from: [{ source: ${source} }] }`;
const anyone = [{ presence: {} }];

/** One rule of an AuthorizationPolicy, and the only match that it comes to. */
const matches: readonly [rule: string, match: SentMatch][] = [
  [
    from('{ principals: [a, b*, "*c", "*"] }'),
    { principals: [{ exact: 'a' }, { prefix: 'b' }, { suffix: 'c' }, ...anyone] },
  ],
  [from('{ notNamespaces: [dev] }'), { notNamespaces: [{ exact: 'dev' }] }],
  [
    from('{ serviceAccounts: [front, web/back] }'),
    {
      serviceAccounts: [
        { namespace: 'shop', serviceAccount: 'front' },
        { namespace: 'web', serviceAccount: 'back' },
      ],
    },
  ],
  [
    from('{ ipBlocks: [10.0.0.0/8, intern], notIpBlocks: ["::1"] }'),
    {
      sourceIps: [{ address: [10, 0, 0, 0], length: 8 }],
      notSourceIps: [{ address: [...Array.from({ length: 15 }, () => 0), 1], length: 128 }],
    },
  ],
  ['{ to: [{ operation: { ports: ["80", http], paths: [/] } }] }', { destinationPorts: [80] }],
  ['{ to: [{ operation: { paths: [/] } }] }', {}],
  [
    '{ when: [{ key: destination.ip, notValues: [10.0.0.1] }] }',
    { notDestinationIps: [{ address: [10, 0, 0, 1], length: 32 }] },
  ],
  ['{ when: [{ key: source.trustDomain, values: [a] }] }', {}],
];

describe('what a rule comes to', () => {
  test.each(matches)('%s', async (rule, match) => {
    const [only] = await sent(policy(`{ action: DENY, rules: [${rule}] }`));
    expect(only?.policy.groups).toEqual([{ rules: [{ matches: [match] }] }]);
  });
  test('a rule for everything has no clauses, and no rule no group', async () => {
    const [all] = await sent(policy('{ rules: [{}] }'));
    expect(all?.policy.groups).toEqual([{ rules: [] }]);
    const [none] = await sent(policy('{}'));
    expect(none?.policy.groups).toEqual([]);
  });
  test('an ALLOW rule about HTTP is not sent, its policy is', async () => {
    const [only] = await sent(policy('{ rules: [{ to: [{ operation: { methods: [GET] } }] }] }'));
    expect(only?.policy).toEqual({
      name: 'p',
      namespace: 'shop',
      scope: 'NAMESPACE',
      action: 'ALLOW',
      groups: [],
    });
  });
  test.each([
    ['{}', 'shop', 'NAMESPACE'],
    ['{}', 'istio-system', 'GLOBAL'],
    ['{ selector: { matchLabels: { app: web } } }', 'istio-system', 'WORKLOAD_SELECTOR'],
    ['{ selector: {} }', 'shop', 'WORKLOAD_SELECTOR'],
  ])('%s in %s: %s', async (spec, namespace, scope) => {
    const [only] = await sent(policy(spec, namespace));
    expect(only?.policy.scope).toBe(scope);
  });
  test.each(['{ action: AUDIT }', '{ targetRefs: [{ kind: Service, name: web }] }'])(
    '%s: nothing',
    async (spec) => {
      expect(await sent(policy(spec))).toEqual([]);
    },
  );
});

/** Modes of mesh, namespace and workload (`-`: no policy), ports of the workload, and what its groups say. */
const peers: readonly [
  mesh: string,
  namespace: string,
  workload: string,
  ports: string,
  groups: readonly string[],
][] = [
  ['-', '-', 'STRICT', '', []],
  ['-', '-', 'STRICT', '80=STRICT', []],
  ['-', '-', 'STRICT', '80=PERMISSIVE', ['stranger & !80']],
  ['-', '-', 'STRICT', '80=DISABLE 90=STRICT', ['stranger & !80']],
  ['-', '-', 'PERMISSIVE', '80=STRICT 90=STRICT', ['stranger 80', 'stranger 90']],
  ['-', '-', 'DISABLE', '80=STRICT 90=PERMISSIVE', ['stranger 80']],
  ['-', '-', 'UNSET', '80=STRICT', ['stranger 80']],
  ['-', '-', 'UNSET', '80=PERMISSIVE', []],
  ['STRICT', '-', 'UNSET', '80=PERMISSIVE', ['!80 & stranger']],
  ['STRICT', 'PERMISSIVE', 'UNSET', '80=STRICT', ['stranger 80']],
  ['STRICT', 'PERMISSIVE', 'UNSET', '80=PERMISSIVE', []],
  ['PERMISSIVE', 'STRICT', 'UNSET', '80=DISABLE 90=STRICT', ['!80 & stranger']],
  // What istiod takes for granted, and is not.
  ['STRICT', '-', 'PERMISSIVE', '80=STRICT', []],
  ['STRICT', 'UNSET', 'UNSET', '80=PERMISSIVE', []],
];

describe('what a PeerAuthentication comes to', () => {
  test.each(peers)(
    'mesh %s, namespace %s, workload %s %s: %j',
    async (mesh, namespace, workload, ports, groups) => {
      const all = await sent(
        [
          peer('mesh', 'istio-system', mesh, ''),
          peer('wide', 'shop', namespace, ''),
          peer('web', 'shop', workload, `selector: { matchLabels: { app: web } }, ${portsOf(ports)}`),
        ].join(''),
      );
      const own = all.find(({ resource }) => resource?.name === 'web');
      expect(
        (own?.policy.groups ?? []).map(({ rules }) =>
          rules.map(({ matches: [match] }) => show(match)).join(' & '),
        ),
      ).toEqual(groups);
      expect(
        all.filter(({ resource }) => resource === undefined).map(({ policy: { name } }) => name),
      ).toEqual(['istio_converted_static_strict']);
    },
  );
  test('in the root namespace a policy with a selector comes to nothing', async () => {
    const raw = peer(
      'web',
      'istio-system',
      'STRICT',
      `selector: { matchLabels: { app: web } }, ${portsOf('80=DISABLE')}`,
    );
    expect((await sent(raw)).filter(({ resource }) => resource !== undefined)).toEqual([]);
  });
});

function policy(spec: string, namespace = 'shop'): string {
  return `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: p, namespace: ${namespace} }
spec: ${spec}
`;
}

function peer(name: string, namespace: string, mode: string, more: string): string {
  if (mode === '-') return '';
  return `---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: ${name}, namespace: ${namespace} }
spec: { ${more}mtls: { mode: ${mode} } }
`;
}

function portsOf(text: string): string {
  if (text === '') return '';
  return `portLevelMtls: { ${text.replaceAll(/(\d+)=(\w+)/g, '"$1": { mode: $2 },')} }, `;
}

/** `stranger`: without an identity; `80` or `!80`: at this port, or at any other. */
function show(match: SentMatch | undefined): string {
  const { notPrincipals, destinationPorts = [], notDestinationPorts = [] } = match ?? {};
  return [
    ...(notPrincipals === undefined ? [] : ['stranger']),
    ...destinationPorts.map(String),
    ...notDestinationPorts.map((port) => `!${port}`),
  ].join(' ');
}
