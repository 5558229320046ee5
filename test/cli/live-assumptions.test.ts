// What findings say that they assume, wherever a cluster is judged: settings of Istio that nobody could read.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type ApiServer, startApiServer } from '../support/api-server/start.ts';
import { type Outcome, run, withTree } from './run.ts';
import { type Running, start } from './serve-run.ts';

/** It keeps out what can be written otherwise, as far as the mesh lets it. */
const policy = (name: string, namespace = 'shop') => ({
  apiVersion: 'security.istio.io/v1',
  kind: 'AuthorizationPolicy',
  metadata: { name, namespace },
  spec: { action: 'DENY', rules: [{ to: [{ operation: { paths: ['/admin*'] } }] }] },
});
const mesh = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'istio', namespace: 'istio-system' },
  data: { mesh: 'accessLogFile: /dev/stdout\n' },
};
const MARK = "Istio's default for pathNormalization, since the mesh configuration could not be read";

let server: ApiServer;
let watching: Running | undefined;
beforeAll(async () => {
  const objects = [policy('no-admin'), mesh];
  server = await startApiServer({
    objects,
    clusters: {
      whole: { objects },
      blind: { objects, faults: [{ match: '/configmaps', status: 403 }] },
    },
  });
});
afterEach(() => watching?.process.kill('SIGKILL'));
afterAll(() => server.stop());

const rule = ['--rule', 'IST1131', '--enable', 'IST1131'];
const files = { 'new.yaml': JSON.stringify(policy('new')), 'mesh.yaml': JSON.stringify(mesh) };

function meshlint(args: string, clusters: readonly string[] = ['blind']): Promise<Outcome> {
  return withTree(files, (cwd) =>
    run([...args.split(' '), '--kubeconfig', server.kubeconfig({ clusters }), ...rule], { cwd }),
  );
}

interface Found {
  readonly resource: { readonly name: string };
  readonly assumes?: readonly string[];
  readonly fingerprint: string;
}
const marks = (found: readonly Found[]) =>
  found.map(({ resource, assumes = [] }) => [resource.name, assumes]);

interface Case {
  readonly args: string;
  readonly clusters?: readonly string[];
  /** Part of the JSON that lists findings. */
  readonly list?: string;
  readonly marks: readonly (readonly [name: string, assumes: readonly string[]])[];
}
const cases: readonly Case[] = [
  { args: 'analyze', marks: [['no-admin', [MARK]]] },
  { args: 'analyze', clusters: ['whole'], marks: [['no-admin', []]] },
  {
    args: 'analyze new.yaml --use-kube',
    marks: [
      ['no-admin', [MARK]],
      ['new', [MARK]],
    ],
  },
  { args: 'analyze new.yaml --use-kube --changed-only', marks: [['new', [MARK]]] },
  { args: 'analyze new.yaml mesh.yaml --use-kube --changed-only', marks: [['new', []]] },
  { args: 'analyze --mesh-config mesh.yaml', marks: [['no-admin', []]] },
  {
    args: 'analyze --contexts blind,whole',
    clusters: ['blind', 'whole'],
    marks: [
      ['no-admin', [MARK]],
      ['no-admin', []],
    ],
  },
  { args: 'diff-impact new.yaml', list: 'new', marks: [['new', [MARK]]] },
  // It is known what to assume no more, but the finding is the same.
  { args: 'diff-impact mesh.yaml', list: 'unchanged', marks: [['no-admin', []]] },
];
test.each(cases)(
  'meshlint $args (of $clusters)',
  async ({ args, clusters, list = 'diagnostics', marks: expected }) => {
    const { stdout } = await meshlint(`${args} -o json`, clusters);
    expect(marks(JSON.parse(stdout)[list])).toEqual(expected);
  },
);

test('a table says it with the help', async () => {
  const { stdout } = await meshlint('diff-impact new.yaml');
  expect(stdout.replace(/\s+/g, ' ')).toContain(`Assumes ${MARK}.`);
});

test('a snapshot tells the same', async () => {
  const kubeconfig = server.kubeconfig({ clusters: ['blind'] });
  await withTree({}, async (cwd) => {
    await run(['snapshot', '--kubeconfig', kubeconfig, '--output-file', 'a.snapshot'], { cwd });
    const again = await run(['analyze', 'a.snapshot', ...rule], { cwd });
    const first = await run(['analyze', '--kubeconfig', kubeconfig, ...rule], { cwd });
    expect(again).toEqual(first);
    expect(again.stdout.replace(/\s+/g, ' ')).toContain(`assumes: ${MARK}`);
  });
});

test('so does what comes while the cluster is followed', { timeout: 30_000 }, async () => {
  const api = await startApiServer({ objects: [], faults: [{ match: '/configmaps', status: 403 }] });
  watching = start(['analyze', '--watch', '--kubeconfig', api.kubeconfig(), ...rule]);
  await watching.said(/Rules /, 'stdout');
  await api.apply([policy('late')]);
  await watching.said(
    /^\+ warning IST1131 .*shop\/late.*\n {4}help: .*\n {4}Assumes Istio's default/m,
    'stdout',
  );
  await watching.end();
  await api.stop();
});
