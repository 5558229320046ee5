import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { run, withTree } from './run.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../schemas/explanation.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv2020({ strict: true, allErrors: true }).compile(schema);

const files = {
  'shop/namespace.yaml': `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels:
    istio.io/dataplane-mode: ambient
`,
  'shop/till.yaml': `apiVersion: v1
kind: Service
metadata: { name: till, namespace: shop }
spec:
  selector: { app: till }
  ports: [{ name: http, port: 80, targetPort: 8080 }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: till, namespace: shop }
spec:
  selector: { matchLabels: { app: till } }
  template:
    metadata: { labels: { app: till } }
    spec: { containers: [{ name: till, image: till, ports: [{ containerPort: 8080 }] }] }
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: no-deletes, namespace: shop }
spec:
  action: DENY
  rules: [{ to: [{ operation: { methods: [DELETE] } }] }]
`,
};

const questions: readonly (readonly string[])[] = [
  ['describe', 'deploy/shop/till', 'shop'],
  ['describe', 'Service/shop/till', 'shop'],
  ['describe', 'ns/shop', 'shop'],
  ['explain', 'waypoint', 'services/till', 'shop'],
  ['explain', 'authz', 'shop/till:8080', 'shop'],
  ['explain', 'mtls', '--from', 'shop/till', '--to', 'shop/till:8080', 'shop'],
];

test.each(questions)('%s %s %s: JSON follows its schema, and says what the text says', async (...args) => {
  await withTree(files, async (cwd) => {
    const json = await run([...args, '--format', 'json'], { cwd });
    expect({ code: json.code, stderr: json.stderr }).toEqual({ code: 0, stderr: '' });
    const said = JSON.parse(json.stdout);
    validate(said);
    expect(validate.errors ?? []).toEqual([]);
    const text = await run(args, { cwd });
    expect(text.code).toBe(0);
    const plain = text.stdout.replace(/\s+/g, ' ');
    expect(plain).toContain(said.verdict);
    for (const { title, steps } of said.sections) {
      expect(plain).toContain(title);
      for (const step of steps) expect(plain).toContain(step.text.replace(/\s+/g, ' '));
    }
  });
});

test('describe names the lines that decide, and the findings', async () => {
  await withTree(files, async (cwd) => {
    const { stdout } = await run(['describe', 'deploy/shop/till', 'shop'], { cwd });
    expect(stdout).toContain(
      'shop/namespace.yaml:6:30  Namespace shop  metadata.labels["istio.io/dataplane-mode"]',
    );
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /Findings ! error IST1020: .* \(AuthorizationPolicy shop\/no-deletes, shop\/till\.yaml:22\)/,
    );
  });
});

test.each<[args: readonly string[], stderr: RegExp]>([
  [
    ['describe', 'deploy/shop/tilt', 'shop'],
    /no deploy\/shop\/tilt in the input\.\n.*Did you mean deploy\/shop\/till\?/,
  ],
  [
    ['describe', 'Sevice/shop/till', 'shop'],
    /"Sevice" is no kind that meshlint knows\.\n.*Did you mean Service\?/,
  ],
  [['describe', 'till', 'shop'], /"till" names no object\.\n.*Write Kind\/namespace\/name/],
  [['describe', 'AuthorizationPolicy/shop/no-deletes', 'shop'], /cannot be described/],
  [['describe', 'Service/shop/till'], /No path was given/],
  [['explain', 'authz', 'shop/tilt', 'shop'], /no workload "shop\/tilt".*\n.*Did you mean shop\/till\?/],
  [['explain', 'authz', 'shop/till:http', 'shop'], /"http" in shop\/till:http is no port/],
  [['explain', 'waypoint', 'Namespace/shop', 'shop'], /A Namespace has no waypoint/],
  [['explain', 'waypoint'], /none was named/],
  [['explain', 'mtls', '--from', 'shop/till', 'shop'], /--to is missing/],
  [['explain', 'IST0101', 'shop'], /one rule, kind or field at a time/],
])('%s is refused with a reason', async (args, stderr) => {
  await withTree(files, async (cwd) => {
    const outcome = await run(args, { cwd });
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toMatch(stderr);
  });
});
