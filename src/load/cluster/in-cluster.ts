// The service account of the pod that meshlint runs in (client-go: rest.InClusterConfig).
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterAccess, Environment } from './access.ts';
import { readServer } from './access-of.ts';
import { credentialsOf } from './credentials.ts';
import { createFields } from './fields.ts';
import { proxyFor } from './proxy.ts';
import { rereading } from './reread.ts';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Undefined where meshlint runs in no pod, or in one without a service account. */
export async function inClusterAccess(
  environment: Environment,
  folder = SERVICE_ACCOUNT,
): Promise<ClusterAccess | undefined> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = environment;
  if (!host || !port) return undefined;
  const tokenFile = join(folder, 'token');
  if ((await read(tokenFile)) === undefined) return undefined;
  const authority = rereading(async () => ({ value: await readFile(join(folder, 'ca.crt'), 'utf8') }));
  const ca = await authority.current().catch(() => undefined);
  const namespace = environment.POD_NAMESPACE || (await read(join(folder, 'namespace')))?.trim();
  const place = 'the service account of this pod';
  const server = readServer(`https://${host.includes(':') ? `[${host}]` : host}:${port}`, place);
  const proxy = proxyFor(server, undefined, environment);
  return {
    name: 'in-cluster',
    server,
    ...(namespace && { namespace }),
    tls: { ...(ca !== undefined && { ca, readCa: authority.current }), insecure: false },
    ...(proxy !== undefined && { proxy }),
    credentials: credentialsOf(createFields({ tokenFile }, place), {
      who: place,
      folder,
      secure: true,
      environment,
      advice: 'Does the service account still exist? A pod that starts anew gets a fresh token.',
    }),
  };
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}
