import { describe, expect, test } from 'vitest';
import { openTexts } from '../../session/session.ts';
import { workloads } from '../workloads/workloads.ts';
import { effectiveMtls } from './mtls.ts';

/**
 * A PeerAuthentication as `level mode port=mode… @time`: for the mesh, the namespace, the workload `web`, or any
 * other; `{}` after the level gives it an empty selector.
 */
type Policy = string;

interface ServerRow {
  readonly policies: readonly Policy[];
  readonly port?: number;
  /** `mode level`, joined by ` | ` where several are possible. */
  readonly sidecar: string;
  /** The same when it is not that of a sidecar. */
  readonly ambient?: string;
}

const serverRows: readonly ServerRow[] = [
  { policies: [], sidecar: 'PERMISSIVE default' },
  { policies: ['mesh STRICT'], sidecar: 'STRICT mesh' },
  { policies: ['mesh PERMISSIVE'], sidecar: 'PERMISSIVE mesh' },
  { policies: ['mesh DISABLE'], sidecar: 'DISABLE mesh', ambient: 'PERMISSIVE mesh' },
  { policies: ['mesh UNSET'], sidecar: 'PERMISSIVE default' },
  { policies: ['mesh -'], sidecar: 'PERMISSIVE default' },
  { policies: ['mesh{} STRICT'], sidecar: 'STRICT mesh', ambient: 'PERMISSIVE default' },
  { policies: ['ns STRICT'], sidecar: 'STRICT namespace' },
  { policies: ['ns{} STRICT'], sidecar: 'STRICT namespace' },
  { policies: ['mesh STRICT', 'ns PERMISSIVE'], sidecar: 'PERMISSIVE namespace' },
  { policies: ['mesh STRICT', 'ns DISABLE'], sidecar: 'DISABLE namespace', ambient: 'PERMISSIVE namespace' },
  { policies: ['mesh STRICT', 'ns UNSET'], sidecar: 'STRICT mesh' },
  { policies: ['mesh STRICT', 'ns -'], sidecar: 'STRICT mesh' },
  { policies: ['ns STRICT', 'wl PERMISSIVE'], sidecar: 'PERMISSIVE workload' },
  { policies: ['ns PERMISSIVE', 'wl STRICT'], sidecar: 'STRICT workload' },
  { policies: ['ns STRICT', 'wl DISABLE'], sidecar: 'DISABLE workload', ambient: 'PERMISSIVE workload' },
  { policies: ['ns STRICT', 'wl UNSET'], sidecar: 'STRICT namespace' },
  { policies: ['mesh STRICT', 'ns UNSET', 'wl UNSET'], sidecar: 'STRICT mesh' },
  { policies: ['ns PERMISSIVE', 'other STRICT'], sidecar: 'PERMISSIVE namespace' },
  { policies: ['root STRICT'], sidecar: 'PERMISSIVE default' },
  { policies: ['elsewhere STRICT'], sidecar: 'PERMISSIVE default' },
  { policies: ['ns NONSENSE'], sidecar: 'PERMISSIVE default' },
  // Ports of containers.
  { policies: ['wl STRICT 8080=DISABLE'], sidecar: 'DISABLE port', ambient: 'PERMISSIVE port' },
  { policies: ['wl STRICT 8080=PERMISSIVE'], sidecar: 'PERMISSIVE port' },
  { policies: ['wl STRICT 9090=DISABLE'], sidecar: 'STRICT workload' },
  { policies: ['wl STRICT 8080=UNSET'], sidecar: 'STRICT workload' },
  { policies: ['wl PERMISSIVE 8080=STRICT'], sidecar: 'STRICT port' },
  { policies: ['wl DISABLE 8080=STRICT'], sidecar: 'STRICT port' },
  { policies: ['ns STRICT', 'wl UNSET 8080=PERMISSIVE'], sidecar: 'PERMISSIVE port' },
  { policies: ['ns STRICT', 'wl UNSET 8080=DISABLE'], sidecar: 'DISABLE port', ambient: 'STRICT namespace' },
  {
    policies: ['ns STRICT', 'wl UNSET 8080=DISABLE 9090=PERMISSIVE'],
    sidecar: 'DISABLE port',
    ambient: 'PERMISSIVE port',
  },
  { policies: ['ns STRICT', 'wl UNSET 9090=PERMISSIVE'], sidecar: 'STRICT namespace' },
  { policies: ['wl UNSET 8080=STRICT'], sidecar: 'STRICT port' },
  { policies: ['ns STRICT 8080=DISABLE'], sidecar: 'STRICT namespace' },
  {
    policies: ['wl STRICT 8080=DISABLE 9090=STRICT'],
    port: Number.NaN,
    sidecar: 'STRICT workload | DISABLE port | STRICT port',
    ambient: 'STRICT workload | PERMISSIVE port | STRICT port',
  },
  // Where the two policies that ztunnel is given make a gap.
  {
    policies: ['mesh STRICT', 'wl PERMISSIVE 8080=STRICT'],
    sidecar: 'STRICT port',
    ambient: 'PERMISSIVE workload',
  },
  { policies: ['ns STRICT', 'wl PERMISSIVE 8080=STRICT'], sidecar: 'STRICT port' },
  {
    policies: ['mesh STRICT', 'ns UNSET', 'wl UNSET 9090=PERMISSIVE'],
    sidecar: 'STRICT mesh',
    ambient: 'PERMISSIVE mesh',
  },
  { policies: ['mesh STRICT', 'wl UNSET 9090=PERMISSIVE'], sidecar: 'STRICT mesh' },
  {
    policies: ['ns{} STRICT', 'wl UNSET 9090=PERMISSIVE'],
    sidecar: 'STRICT namespace',
    ambient: 'PERMISSIVE namespace',
  },
  // Of several the oldest counts.
  { policies: ['ns STRICT @2024', 'ns PERMISSIVE @2023'], sidecar: 'PERMISSIVE namespace' },
  { policies: ['ns STRICT @2024', 'ns PERMISSIVE @2024'], sidecar: 'STRICT namespace' },
  { policies: ['ns STRICT', 'ns PERMISSIVE'], sidecar: 'STRICT namespace | PERMISSIVE namespace' },
  {
    policies: ['ns STRICT @2024', 'ns DISABLE @2025', 'ns PERMISSIVE'],
    sidecar: 'STRICT namespace | PERMISSIVE namespace',
  },
  {
    policies: ['ns UNSET', 'ns STRICT', 'mesh DISABLE'],
    sidecar: 'DISABLE mesh | STRICT namespace',
    ambient: 'PERMISSIVE mesh | STRICT namespace',
  },
  { policies: ['wl STRICT @2024', 'wl DISABLE @2025'], sidecar: 'STRICT workload' },
  { policies: ['wl STRICT', 'wl UNSET', 'ns PERMISSIVE'], sidecar: 'STRICT workload | PERMISSIVE namespace' },
];

describe('what servers ask for', () => {
  test.each(serverRows)(
    '$policies → $sidecar, ambient $ambient',
    async ({ policies, port = 8080, sidecar, ambient }) => {
      const answer = async (labels: string): Promise<string> => {
        const { graph } = await openTexts([
          { path: 'a.yaml', raw: `${mesh(labels)}${policies.map(policy).join('')}` },
        ]);
        const [web] = workloads(graph).matching({ app: 'web' }, 'shop');
        if (web === undefined) throw new Error('no workload');
        const modes = effectiveMtls(graph).serverModes(web, Number.isNaN(port) ? undefined : port);
        return modes.map(({ mode, level }) => `${mode} ${level}`).join(' | ');
      };
      expect(await answer('istio-injection: enabled')).toBe(sidecar);
      expect(await answer('istio.io/dataplane-mode: ambient')).toBe(ambient ?? sidecar);
    },
  );
});

test('a policy that a kustomization changes may say anything', async () => {
  const kustomization = `
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [policy.yaml]
patches: [{ path: stricter.yaml }]
`;
  const { graph } = await openTexts([
    { path: 'mesh.yaml', raw: mesh('istio-injection: enabled') },
    { path: 'base/kustomization.yaml', raw: kustomization },
    { path: 'base/policy.yaml', raw: policy('ns PERMISSIVE', 0) },
  ]);
  const [web] = workloads(graph).matching({ app: 'web' }, 'shop');
  if (web === undefined) throw new Error('no workload');
  expect(
    effectiveMtls(graph)
      .serverModes(web, 8080)
      .map(({ mode }) => mode),
  ).toEqual(['UNKNOWN']);
});

/** A workload in a namespace with a label. */
function mesh(namespaceLabel: string): string {
  return `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { ${namespaceLabel} } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: web }] }
`;
}

const places: Readonly<Record<string, string>> = {
  mesh: 'namespace: istio-system',
  root: 'namespace: istio-system',
  elsewhere: 'namespace: elsewhere',
};

function policy(text: Policy, index: number): string {
  const [where = '', mode = '', ...rest] = text.split(' ');
  const level = where.replace('{}', '');
  const ports = rest.filter((word) => word.includes('='));
  const created = rest.find((word) => word.startsWith('@'))?.slice(1);
  const label = level === 'other' ? 'other' : 'web';
  const selects = ['wl', 'other', 'root'].includes(level);
  const selector = where.endsWith('{}') ? '{}' : `{ matchLabels: { app: ${label} } }`;
  return `
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  name: p${index}
  ${places[level] ?? 'namespace: shop'}
${created === undefined ? '' : `  creationTimestamp: "${created}-01-01T00:00:00Z"`}
spec:
  ${selects || where.endsWith('{}') ? `selector: ${selector}` : ''}
  ${mode === '-' ? '' : `mtls: { mode: ${mode} }`}
  portLevelMtls: { ${ports.map((port) => port.replace(/(\d+)=(\w+)/, '"$1": { mode: $2 }')).join(', ')} }
`;
}
