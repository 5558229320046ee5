import { describe, expect, test } from 'vitest';
import type { World } from '../../graph/evidence.ts';
import { openTexts } from '../../session/session.ts';
import { workloads } from '../workloads/workloads.ts';
import { injection } from './injection-webhooks.ts';

/** A webhook with this name and these selectors. */
function webhook(name: string, selectors: string): string {
  return `---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: { name: injector }
webhooks: [{ name: ${name}${selectors === '' ? '' : `, ${selectors}`} }]
`;
}

interface Row {
  readonly it: string;
  /** Labels of the namespace; `-` when it is not loaded. */
  readonly ns: string;
  readonly pod?: string;
  readonly webhooks?: string;
  readonly world?: World;
  readonly is: boolean | undefined;
}

const enabled = '{ istio-injection: enabled }';
const own = 'namespaceSelector: { matchLabels: { team: shop } }';
const byName =
  'namespaceSelector: { matchExpressions: [{ key: kubernetes.io/metadata.name, operator: In, values: [shop] }] }';

const rows: readonly Row[] = [
  { it: 'no webhook, a label', ns: enabled, is: true },
  { it: 'no webhook, no label', ns: '{}', is: false },
  { it: 'a namespace that is not loaded', ns: '-', is: undefined },
  { it: 'a namespace that is not there', ns: '-', world: 'closed', is: false },
  {
    it: 'a webhook for other labels',
    ns: enabled,
    webhooks: webhook('x.istio.io', own),
    world: 'closed',
    is: false,
  },
  { it: 'there may be further webhooks', ns: enabled, webhooks: webhook('x.istio.io', own), is: true },
  {
    it: 'a webhook for labels of its own',
    ns: '{ team: shop }',
    webhooks: webhook('x.istio.io', own),
    is: true,
  },
  { it: 'a webhook for everything', ns: '{}', webhooks: webhook('x.istio.io', ''), is: true },
  { it: 'a webhook for a name', ns: '{}', webhooks: webhook('x.istio.io', byName), is: true },
  { it: 'a webhook of others', ns: '{}', webhooks: webhook('x.example.com', ''), is: false },
  {
    it: 'a webhook for pods',
    ns: '{}',
    pod: '{ metadata: { labels: { a: b } } }',
    webhooks: webhook('x.istio.io', 'objectSelector: { matchLabels: { a: b } }'),
    is: true,
  },
  {
    it: 'a webhook for other pods',
    ns: '{}',
    webhooks: webhook('x.istio.io', 'objectSelector: { matchLabels: { a: b } }'),
    is: false,
  },
];

describe('injection', () => {
  test.each(rows)('$it', async ({ ns, pod = '{}', webhooks = '', world = 'auto', is }) => {
    const namespace = `---\n{ apiVersion: v1, kind: Namespace, metadata: { name: shop, labels: ${ns} } }\n`;
    const raw = `apiVersion: apps/v1
kind: Deployment
metadata: { name: front, namespace: shop }
spec: { template: ${pod} }
${ns === '-' ? '' : namespace}${webhooks}`;
    const { graph } = await openTexts([{ path: 'mesh.yaml', raw }], { world });
    expect(workloads(graph).all.map(injection(graph))).toEqual([is]);
  });
});
