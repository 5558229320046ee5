import { afterAll, beforeAll, expect, test } from 'vitest';
import { readAccess } from '../src/load/cluster/kubeconfig.ts';
import { readCluster } from '../src/load/cluster/read-cluster.ts';
import { openTransport } from '../src/load/cluster/transport.ts';
import type { LiveState } from '../src/model/live.ts';
import { type ApiServer, readObjects, startApiServer } from './support/api-server/start.ts';
import type { Texts } from './support/live-state.ts';
import {
  exampleInputs,
  inCluster,
  inFiles,
  isRecorded,
  type NamedInput,
  recordedInputs,
} from './support/same-findings.ts';

// A cluster is judged like files that hold all that its API server has.

/** Inputs that are judged otherwise, and why. */
const different: Readonly<Record<string, string>> = {
  'unknown service registry in mesh networks':
    'Secrets of other clusters are not read, so a cluster that none names is not missing.',
};

/** What no API server takes, by input; none of them defines an object twice. */
const refused: Readonly<Record<string, readonly string[]>> = {
  'house-rules': [' no matches for kind "" in version ""'],
  pipelines: Array(4).fill(' no matches for kind "" in version ""'),
  deprecation: [
    'QuotaSpec/istio-system/request-count no matches for kind "QuotaSpec" in version "config.istio.io/v1alpha2"',
  ],
  'Condition Analyzer': [
    'ServiceEntry/default/negative-condition-svcEntry bad name: negative-condition-svcEntry',
  ],
};

interface Served extends NamedInput {
  readonly cluster: string;
}

const inputs: readonly Served[] = [...exampleInputs(), ...(isRecorded ? recordedInputs() : [])].map(
  (input, i) => ({ ...input, cluster: `c${i}` }),
);

let server: ApiServer;

beforeAll(async () => {
  const objectsOf = ({ texts }: NamedInput): unknown[] => texts.flatMap(({ raw }) => readObjects(raw));
  const clusters = Object.fromEntries(inputs.map((one) => [one.cluster, { objects: objectsOf(one) }]));
  server = await startApiServer({ clusters });
}, 60_000);

afterAll(() => server.stop());

async function read(cluster: string): Promise<LiveState> {
  const kubeconfig = server.kubeconfig({ clusters: [cluster] });
  const access = await readAccess({ kubeconfig, environment: {}, cwd: '.' });
  const transport = openTransport(access, { requestTimeout: 10_000 });
  const request = {
    cluster,
    istioNamespace: 'istio-system',
    timeout: 30_000,
    secrets: 'referenced',
  } as const;
  try {
    return await readCluster(transport, request);
  } finally {
    transport.close();
  }
}

/** All that the API server has, as `kubectl get` would write it into a file. */
async function stored(cluster: string): Promise<Texts> {
  const { counts } = await server.facts(cluster);
  const lists = await Promise.all(Object.keys(counts).map((resource) => server.objects(resource, cluster)));
  const items = lists.flat();
  return [{ path: 'all.json', raw: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) }];
}

test.each(inputs)('$name', async (input) => {
  const { cluster, name } = input;
  const facts = await server.facts(cluster);
  expect(facts.refused.map(({ object, why }) => `${object} ${why}`)).toEqual(refused[name] ?? []);
  expect(facts.replaced).toEqual([]);
  const live = await inCluster(input, await read(cluster));
  const closed = await inFiles({ ...input, texts: await stored(cluster) });
  if (different[name] === undefined) expect(live).toEqual(closed);
  else expect(live, 'they are alike: take it from the list').not.toEqual(closed);
});
