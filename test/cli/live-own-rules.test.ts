import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiServer, readObjects, startApiServer } from '../support/api-server/start.ts';
import { run, withTree } from './run.ts';

// Rules that people bring themselves may read what none of ours does.

const deployment = (name: string, container: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: app, image: app, ${container} }] }
---
`;
const grant = `apiVersion: gateway.networking.k8s.io/v1
kind: ReferenceGrant
metadata: { name: anyone, namespace: shop }
spec: { from: [], to: [] }
`;
const settings = `checks:
  - code: ACME0001
    name: no-limits
    kinds: [Deployment]
    expression: "spec.template.spec.containers.all(c, has(c.resources))"
    message: Deployment {metadata.name} has no limits.
    help: Set some.
  - code: ACME0002
    name: grant
    kinds: [ReferenceGrant]
    expression: "false"
    message: ReferenceGrant {metadata.name} is there.
    help: Remove it.
`;

let server: ApiServer;
beforeAll(async () => {
  const limits = 'resources: { limits: { cpu: "1" } }, env: [{ name: PASSWORD, value: canary-3c }]';
  server = await startApiServer({
    objects: readObjects(deployment('good', limits) + deployment('bad', 'ports: []') + grant),
  });
}, 60_000);
afterAll(async () => server.stop());

test('rules of the configuration see all of an object but what may be a secret', async () => {
  await withTree({ 'meshlint.yaml': settings }, async (cwd) => {
    const { stdout, stderr } = await run(
      ['analyze', '--kubeconfig', server.kubeconfig(), '--format', 'json'],
      { cwd },
    );
    expect(stderr).toBe('');
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; message: string }[] };
    expect(diagnostics.filter(({ code }) => code.startsWith('ACME')).map(({ message }) => message)).toEqual([
      'Deployment bad has no limits.',
      'ReferenceGrant anyone is there.',
    ]);
    expect(stdout).not.toContain('canary-3c');
  });
});
