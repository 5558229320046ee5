import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClusterOptions } from '../support/api-server/options.ts';
import { type ApiServer, readObjects, startApiServer } from '../support/api-server/start.ts';
import { type Outcome, run, virtualService, withTree } from './run.ts';

// How findings in a cluster are shown, and what is told of a cluster that could not be read as a whole.

const schema = JSON.parse(readFileSync(new URL('../../schemas/report.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(schema);

/** Binds to a Gateway that is not there. */
const lost = virtualService('cart', 'public');
const silenced = virtualService('quiet', 'public').replace(
  'metadata:\n',
  'metadata:\n  annotations: {galley.istio.io/analyze-suppress: IST0101}\n',
);
/** With a slip that has a fix. */
const misspelt = virtualService('cart').replace('spec:\n', 'spec:\n  exportT: ["."]\n');
const istiod = (revision: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: istiod-${revision}, namespace: istio-system, labels: { app: istiod, istio.io/rev: ${revision} } }
spec:
  selector: { matchLabels: { app: istiod } }
  template:
    metadata: { labels: { app: istiod, istio.io/rev: ${revision} } }
    spec: { containers: [{ name: discovery, image: "docker.io/istio/pilot:1.28.1" }] }
`;
const settings = (name: string, domain: string): string => `apiVersion: v1
kind: ConfigMap
metadata: { name: ${name}, namespace: istio-system }
data: { mesh: "trustDomain: ${domain}" }
`;
const mesh = [lost, silenced, istiod('stable'), istiod('canary')];
const objects = [
  ...mesh,
  settings('istio', 'main.example'),
  settings('istio-canary', 'canary.example'),
].flatMap(readObjects);

const clusters: Readonly<Record<string, ClusterOptions>> = {
  whole: { objects },
  'without-gateways': { objects, faults: [{ match: '/gateways\\b', status: 403 }] },
  'without-routes': { objects, faults: [{ match: '/virtualservices\\b', status: 403 }] },
  'without-settings': { objects, faults: [{ match: '/configmaps\\b', status: 403 }] },
  'one-namespace': {
    objects,
    rbac: readObjects(`apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: everything-here, namespace: shop }
rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]
`),
  },
  mendable: { objects: readObjects(misspelt) },
  'without-istio': {
    objects: readObjects('apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n'),
    installed: 'none',
  },
};

let server: ApiServer;
beforeAll(async () => {
  server = await startApiServer({ clusters });
});
afterAll(() => server.stop());

function analyze(cluster: string, ...args: readonly string[]): Promise<Outcome> {
  return run(['analyze', '--kubeconfig', server.kubeconfig({ clusters: [cluster] }), ...args]);
}

const formats: Readonly<Record<string, string | RegExp>> = {
  text: '\n  --> cluster whole: VirtualService shop/cart  spec.gateways[0]\n  why:',
  compact:
    'cluster whole VirtualService shop/cart spec.gateways[0]: error IST0101 Gateway shop/public does not exist.\n',
  sarif: /"locations": \[\s*\{\s*"logicalLocations": \[\s*\{[^}]*"whole\/VirtualService\/shop\/cart"/,
  junit:
    /<testcase classname="meshlint.routing.missing-gateway" name="meshlint: IST0101 VirtualService shop\/cart spec.gateways\[0\]" time="0"><failure/,
  github:
    /::error title=IST0101 routing\/missing-gateway::[^\n]*VirtualService shop\/cart[^\n]*cluster whole/,
  gitlab: /"description": "[^"]*VirtualService shop\/cart[^"]*cluster whole[\s\S]*"path": "\."/,
  checkstyle: /<file name="\.">[\s\S]*IST0101 [^\n]*VirtualService shop\/cart[^\n]*cluster whole/,
  markdown: '| IST0101 | cluster `whole` |',
};

/** Runs once, and gives the report in each format. */
async function inFormats(names: readonly string[], cluster: string, ...args: readonly string[]) {
  return withTree({}, async (cwd) => {
    const kubeconfig = server.kubeconfig({ clusters: [cluster] });
    const outputs = names.flatMap((name) => ['--format', `${name}=report.${name}`]);
    const { code } = await run(['analyze', '--kubeconfig', kubeconfig, ...outputs, ...args], { cwd });
    const written = names.map((name) => [name, readFileSync(join(cwd, `report.${name}`), 'utf8')] as const);
    return { code, reports: new Map(written) };
  });
}

describe('a finding in a cluster', () => {
  let written: Awaited<ReturnType<typeof inFormats>>;
  beforeAll(async () => {
    written = await inFormats(Object.keys(formats), 'whole', '--rule', 'missing-gateway');
  });

  test.each(Object.entries(formats))('as %s', (format, wanted) => {
    const report = written.reports.get(format);
    expect(report).toMatch(wanted);
    expect(report).not.toMatch(/undefined|NaN/);
    expect(written.code).toBe(1);
  });

  test('as JSON, where it has the fingerprint that it has in a file', async () => {
    const args = ['--format', 'json', '--rule', 'missing-gateway'];
    const live = JSON.parse((await analyze('whole', ...args)).stdout);
    validate(live);
    expect(validate.errors ?? []).toEqual([]);
    expect(live.diagnostics).toMatchObject([{ code: 'IST0101', location: { cluster: 'whole' } }]);
    expect(live.coverage).toMatchObject({
      world: 'live',
      live: { cluster: 'whole', hasIstio: true, unread: [] },
    });
    await withTree({ 'a.yaml': lost }, async (cwd) => {
      const file = JSON.parse(
        (await run(['analyze', 'a.yaml', '--world', 'closed', ...args], { cwd })).stdout,
      );
      expect(live.diagnostics[0].fingerprint).toBe(file.diagnostics[0].fingerprint);
    });
  });

  test('has no fix', async () => {
    const [finding, ...others] = JSON.parse((await analyze('mendable', '-o', 'json')).stdout).diagnostics;
    expect(finding).toMatchObject({ path: ['spec', 'exportT'], location: { cluster: 'mendable' } });
    expect(finding).not.toHaveProperty('fix');
    expect(others).toEqual([]);
    await withTree({ 'a.yaml': misspelt }, async (cwd) => {
      const [inFile] = JSON.parse(
        (await run(['analyze', 'a.yaml', '-o', 'json'], { cwd })).stdout,
      ).diagnostics;
      expect(inFile).toHaveProperty('fix');
    });
  });

  test('is silenced by an annotation of its object', async () => {
    const report = JSON.parse((await analyze('whole', '--format', 'json')).stdout);
    expect(report.suppressed).toMatchObject([
      { resource: { name: 'quiet' }, location: { cluster: 'whole' }, suppressed: { by: 'annotation' } },
    ]);
  });
});

describe('of a cluster', () => {
  interface Told {
    readonly cluster: string;
    readonly args?: readonly string[];
    readonly says: readonly RegExp[];
    readonly never?: RegExp;
    readonly code: number;
  }
  const told: Readonly<Record<string, Told>> = {
    'what it is': {
      cluster: 'whole',
      says: [
        /^Cluster {6}whole at https:\S+,\s+Kubernetes 1\.33\.1,\s+Istio\s+1\.28\s+\(revisions\s+canary, stable\)/m,
      ],
      code: 1,
    },
    'that something is not called missing which could not be read': {
      cluster: 'without-gateways',
      says: [
        /Incomplete: not all of the input could be judged\. Nothing was found/,
        /^ {15}Gateways could not be read: forbidden; \d+ rules cannot judge all; a role would need `\{apiGroups: \["networking\.istio\.io"\], resources: \[gateways\], verbs: \[list\]\}`$/m,
      ],
      never: /does not exist/,
      code: 3,
    },
    'which rules have nothing to judge then': {
      cluster: 'without-routes',
      args: ['-v'],
      says: [/not read/, /IST0101 routing\/missing-gateway: VirtualServices could not be read: forbidden/],
      code: 3,
    },
    'of how much one who sees one namespace does not see': {
      cluster: 'one-namespace',
      args: ['-n', 'shop'],
      says: [
        /^error\[IST0101\] Gateway shop\/public does not exist\./m,
        /^ {15}\d+ kinds outside of namespace shop could not be read: forbidden; "meshlint rbac" prints/m,
      ],
      code: 3,
    },
    'what is assumed then': {
      cluster: 'without-settings',
      says: [
        /ConfigMaps of namespace istio-system could not be read: forbidden; /,
        /rules assume Istio's defaults for .*\s+since the mesh\s+configuration\s+could\s+not\s+be\s+read/s,
      ],
      code: 3,
    },
    'that Istio is not there': {
      cluster: 'without-istio',
      args: ['-v'],
      says: [
        /Istio is not\s+installed here/,
        /not installed/,
        /IST0101 routing\/missing-gateway: no VirtualService in the cluster: not installed/,
      ],
      code: 0,
    },
    'the settings that count': {
      cluster: 'whole',
      args: ['-v'],
      says: [/trust\s+domain\s+main\.example\s+\(from\s+ConfigMap\s+istio\s+in\s+cluster\s+whole\)/],
      code: 1,
    },
    'the settings of a revision': {
      cluster: 'whole',
      args: ['-v', '--revision', 'canary'],
      says: [/trust\s+domain\s+canary\.example\s+\(from\s+ConfigMap\s+istio-canary\s+in\s+cluster\s+whole\)/],
      code: 1,
    },
  };
  test.each(Object.entries(told))('it tells %s', async (_, { cluster, args = [], says, never, code }) => {
    const outcome = await analyze(cluster, ...args);
    for (const words of says) expect(outcome.stdout).toMatch(words);
    if (never !== undefined) expect(outcome.stdout).not.toMatch(never);
    expect(outcome.code).toBe(code);
  });

  test('a baseline knows what is found there, and forgets nothing that could not be read', async () => {
    await withTree({}, async (cwd) => {
      const kubeconfig = (cluster: string): string[] => [
        '--kubeconfig',
        server.kubeconfig({ clusters: [cluster] }),
      ];
      await run(['baseline', ...kubeconfig('whole')], { cwd });
      const args = ['analyze', '--baseline', 'meshlint-baseline.json', '-o', 'json'];
      const again = JSON.parse((await run([...args, ...kubeconfig('whole')], { cwd })).stdout);
      expect(again.diagnostics).toEqual([]);
      expect(again.baseline).toMatchObject({ known: 1, fixed: [] });
      const partly = JSON.parse((await run([...args, ...kubeconfig('without-gateways')], { cwd })).stdout);
      expect(partly.baseline).toMatchObject({ known: 0, fixed: [] });
    });
  });

  test('it tells that a revision is not there', async () => {
    const { code, stderr } = await analyze('whole', '--revision', 'old');
    expect(stderr).toBe(
      'error: Cluster whole has no revision "old" of Istio.\n  help: It has canary, stable.\n',
    );
    expect(code).toBe(2);
  });

  test('what could not be read is an error in every format', async () => {
    const names = ['compact', 'sarif', 'junit', 'github', 'gitlab', 'checkstyle', 'markdown'];
    const { code, reports } = await inFormats(names, 'without-gateways');
    for (const [name, report] of reports) {
      expect(report, name).toMatch(/In cluster without-gateways, Gateways could not be read: forbidden\./);
    }
    expect(code).toBe(3);
  });

  test('what could not be read is in the JSON', async () => {
    const report = JSON.parse((await analyze('without-gateways', '--format', 'json')).stdout);
    validate(report);
    expect(validate.errors ?? []).toEqual([]);
    expect(report.summary.incomplete).toBe(true);
    const kinds = report.coverage.live.unread.map(
      ({ kind, state }: Record<string, string>) => `${kind} ${state}`,
    );
    expect(kinds).toEqual(['Gateway forbidden', 'KubernetesGateway forbidden']);
    expect(report.coverage.live.unread[0].rules).toBeGreaterThan(5);
  });
});
