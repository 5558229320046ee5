// The door of tests to an API server in a process of its own.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { parseAllDocuments } from 'yaml';
import { type Certificate, createAuthority } from './certificates.ts';
import { type KubeconfigOptions, kubeconfigOf } from './kubeconfig.ts';
import type {
  ClusterFacts,
  ClusterOptions,
  Door,
  Fault,
  Order,
  Ready,
  RequestRecord,
  ServerOptions,
  User,
} from './options.ts';

export interface ApiServerOptions extends ClusterOptions {
  /** Further clusters; what stands outside is the cluster `main`. */
  readonly clusters?: Readonly<Record<string, ClusterOptions>>;
}

export interface ApiServer {
  /** Where a cluster is served, `main` by default. */
  readonly url: (cluster?: string, door?: Door) => string;
  /** PEM. */
  readonly ca: string;
  /** A client's certificate whose user is `tester`. */
  readonly client: Certificate;
  /** A client's certificate of an authority that the server does not know. */
  readonly stranger: Certificate;
  /** Removed when the server stops. */
  readonly folder: string;
  readonly ports: Ready['ports'];
  /** Writes a kubeconfig and gives its path. */
  readonly kubeconfig: (options?: KubeconfigOptions) => string;
  /** What was asked so far, in the order it came. */
  readonly requests: (cluster?: string) => Promise<readonly RequestRecord[]>;
  readonly forgetRequests: () => Promise<void>;
  /** Where the proxies were asked to go. */
  readonly proxied: () => Promise<readonly string[]>;
  readonly facts: (cluster?: string) => Promise<ClusterFacts>;
  /** The stored objects of a resource, such as `events` or `gateways.networking.istio.io`. */
  readonly objects: (resource: string, cluster?: string) => Promise<readonly unknown[]>;
  /** Creates or replaces objects; watches see it. */
  readonly apply: (objects: readonly unknown[], cluster?: string) => Promise<void>;
  /** Deletes objects by kind, namespace and name. */
  readonly remove: (objects: readonly unknown[], cluster?: string) => Promise<void>;
  readonly setFaults: (faults: readonly Fault[], cluster?: string) => Promise<void>;
  readonly setRbac: (rbac: readonly unknown[] | undefined, cluster?: string) => Promise<void>;
  /** From now on only these are known: tokens of others are refused. */
  readonly setUsers: (users: readonly User[], cluster?: string) => Promise<void>;
  /** Forgets history: older continue tokens and watches get 410. */
  readonly compact: (cluster?: string) => Promise<void>;
  /** Ends all watches, with an ERROR event of this status if one is given. */
  readonly endWatches: (status?: number, cluster?: string) => Promise<void>;
  /** Closes all connections and refuses new ones, until `resume`; what is stored stays. */
  readonly pause: () => Promise<void>;
  readonly resume: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** The name in the certificate of the door `misnamed`. */
export const otherName = 'kubernetes.example';

/** Starts an API server with the cluster `main`, and others; rejects if it dies before it listens. */
export async function startApiServer({ clusters = {}, ...main }: ApiServerOptions = {}): Promise<ApiServer> {
  const folder = mkdtempSync(join(tmpdir(), 'meshlint-api-'));
  const authority = createAuthority('meshlint tests');
  const own = { commonName: 'kube-apiserver', names: ['127.0.0.1', 'localhost'] };
  const certificates = {
    tls: authority.issue(own),
    misnamed: authority.issue({ commonName: otherName, names: [otherName] }),
    expired: authority.issue({ ...own, days: -1 }),
  };
  const client = authority.issue({ commonName: 'tester', organizations: ['testers'] });
  const stranger = createAuthority('strangers').issue({ commonName: 'tester' });
  const options: ServerOptions = {
    clusters: { main, ...clusters },
    certificates,
    ca: authority.cert,
  };
  const process = await spawnServer(folder, options);
  const { ports } = process.ready;
  const url = (cluster = 'main', door: Door = 'tls'): string =>
    `${door === 'plain' ? 'http' : 'https'}://127.0.0.1:${ports[door]}/c/${cluster}`;
  let written = 0;
  const tell = async (order: Order): Promise<void> => {
    await process.ask(order);
  };

  return {
    url,
    ca: authority.cert,
    client,
    stranger,
    folder,
    ports,
    kubeconfig: (wanted = {}) => {
      written += 1;
      const path = join(folder, `kubeconfig-${written}.yaml`);
      const known = { url, ca: authority.cert, client, stranger, ports, clusters: options.clusters };
      writeFileSync(path, kubeconfigOf(wanted, known), { mode: 0o600 });
      return path;
    },
    requests: async (cluster) => {
      const all = await process.ask<readonly RequestRecord[]>({ do: 'requests' });
      return cluster === undefined ? all : all.filter((record) => record.cluster === cluster);
    },
    forgetRequests: () => tell({ do: 'forget requests' }),
    proxied: () => process.ask({ do: 'proxied' }),
    facts: (cluster = 'main') => process.ask({ do: 'facts', cluster }),
    objects: (resource, cluster = 'main') => process.ask({ do: 'objects', cluster, resource }),
    apply: (objects, cluster = 'main') => tell({ do: 'apply', cluster, objects }),
    remove: (objects, cluster = 'main') => tell({ do: 'remove', cluster, objects }),
    setFaults: (faults, cluster = 'main') => tell({ do: 'faults', cluster, faults }),
    setRbac: (rbac, cluster = 'main') => tell({ do: 'rbac', cluster, rbac }),
    setUsers: (users, cluster = 'main') => tell({ do: 'users', cluster, users }),
    compact: (cluster = 'main') => tell({ do: 'compact', cluster }),
    endWatches: (status, cluster = 'main') =>
      tell({ do: 'end watches', cluster, ...(status === undefined ? {} : { status }) }),
    pause: () => tell({ do: 'close doors' }),
    resume: () => tell({ do: 'open doors' }),
    stop: async () => {
      await process.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The objects in YAML or JSON text, for the option `objects`. */
export function readObjects(text: string): readonly unknown[] {
  return parseAllDocuments(text, { uniqueKeys: false, logLevel: 'silent' })
    .map((document): unknown => (document.errors.length > 0 ? null : document.toJS({ maxAliasCount: -1 })))
    .filter((value) => value !== null && value !== undefined);
}

interface ServerProcess {
  readonly ready: Ready;
  readonly ask: <Answer>(order: Order) => Promise<Answer>;
  readonly stop: () => Promise<void>;
}

async function spawnServer(folder: string, options: ServerOptions): Promise<ServerProcess> {
  const script = join(folder, 'server.mjs');
  await bundle(script);
  const child = fork(script, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
  const waiting = new Map<number, { resolve: (answer: never) => void; reject: (error: Error) => void }>();
  let asked = 0;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = new Promise<Ready>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Ready));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the API server ended with ${code} before it listened`)));
  });
  child.send(options);
  const listening = await ready;
  child.on('message', (message) => {
    const { id, answer, error } = message as { id: number; answer: never; error?: string };
    const one = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) one?.resolve(answer);
    else one?.reject(new Error(error));
  });
  child.once('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('the API server is gone'));
  });
  return {
    ready: listening,
    ask: (order) =>
      new Promise((resolve, reject) => {
        asked += 1;
        waiting.set(asked, { resolve, reject });
        child.send({ id: asked, order });
      }),
    stop: async () => {
      if (child.exitCode === null) child.kill();
      await gone;
    },
  };
}

/** Node 20 reads no TypeScript. */
async function bundle(file: string): Promise<void> {
  const input = fileURLToPath(new URL('main.ts', import.meta.url));
  const built = await rolldown({ input, platform: 'node' });
  await built.write({ file, format: 'esm', codeSplitting: false });
  await built.close();
}
