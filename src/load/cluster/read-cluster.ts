import { setMaxListeners } from 'node:events';
import { compareText } from '../../model/collections.ts';
import type { KindOutcome, LiveObject, LiveState } from '../../model/live.ts';
import { type Clock, wallClock } from './clock.ts';
import { ClusterError } from './cluster-error.ts';
import { discover, readVersion } from './discovery.ts';
import { asText, objectAt } from './json.ts';
import { groupsOf, planReads, wantedKinds } from './plan.ts';
import { readKind } from './read-kind.ts';
import type { ReadRequest } from './read-request.ts';
import { readSecrets } from './read-secrets.ts';
import { type Asker, createAsker } from './retry.ts';
import { createSharing } from './share-parts.ts';
import type { Transport } from './transport.ts';

export type { ReadRequest } from './read-request.ts';

/**
 * Reads what rules read of a cluster. What could not be read has an outcome that says so, and nothing half-read is kept;
 * the same cluster gives the same state, in whichever order and pages its answers come. Throws a ClusterError when
 * nothing can be read at all, or the credentials are rejected, and the reason of the signal when that aborts.
 */
export async function readCluster(
  transport: Transport,
  request: ReadRequest,
  clock: Clock = wallClock,
): Promise<LiveState> {
  const { timeout, concurrency = 6 } = request;
  const late = new AbortController();
  const done = new AbortController();
  const signals = [late.signal, ...(request.signal === undefined ? [] : [request.signal])];
  const signal = AbortSignal.any(signals);
  // Every request and every pause listens to the same one.
  setMaxListeners(0, signal, done.signal);
  clock.sleep(timeout, done.signal).then(
    () => late.abort(overdue(transport, timeout)),
    () => {},
  );
  const deadline = clock.now() + timeout;
  const asker = createAsker({ transport, clock, deadline, concurrency, signal });
  try {
    const read = await readAll(asker, transport.server, request);
    request.signal?.throwIfAborted();
    return { cluster: request.cluster, server: transport.server, ...read };
  } catch (error) {
    // Whatever is still under way has nobody to report to.
    late.abort(error);
    throw error;
  } finally {
    done.abort();
  }
}

/** Why reading took longer than `timeout` milliseconds. */
export function overdue(transport: Transport, timeout: number): ClusterError {
  const start = `${transport.server} could not be read within ${timeout / 1000} s`;
  const other = transport.waitsFor();
  return other === undefined
    ? new ClusterError('timeout', `${start}.`, 'Try again, or allow more time with --timeout.')
    : new ClusterError(
        'timeout',
        `${start}: ${other}, which fetches the credentials, was still running.`,
        'Run it yourself to see what it waits for (kubectl runs it too), or allow more time with --timeout.',
      );
}

async function readAll(
  asker: Asker,
  server: string,
  request: ReadRequest,
): Promise<Omit<LiveState, 'cluster' | 'server'>> {
  const kubernetesVersion = await readVersion(asker, server);
  const served = await discover(asker, groupsOf(wantedKinds(request)), server);
  const plan = planReads(served, request);
  const total = plan.reads.length + (plan.secrets ? 1 : 0);
  let objectCount = 0;
  const tell = (count: number): void =>
    request.onProgress?.(
      'reading',
      count,
      total,
      () =>
        `reading cluster ${request.cluster}: ${count} of ${total} kinds, ${objectCount.toLocaleString('en')} objects`,
    );
  let finished = 0;
  const advance = <T>(result: T): T => {
    tell(++finished);
    return result;
  };
  tell(0);
  const how = { ...request, onPod: createSharing(), onObject: () => objectCount++ };
  const kinds = await Promise.all(plan.reads.map(async (read) => advance(await readKind(asker, read, how))));
  const objects = kinds.flatMap((kind) => kind.objects);
  const outcomes = [...plan.absent, ...kinds.flatMap((kind) => kind.outcomes)];
  if (plan.secrets) {
    const naming = [...objects, ...(request.overlay ?? [])];
    const secrets = advance(await readSecrets(asker, naming, request.istioNamespace));
    objects.push(...secrets.objects);
    outcomes.push(...secrets.outcomes);
  }
  return {
    ...(kubernetesVersion === undefined ? {} : { kubernetesVersion }),
    objects: inOrder(objects),
    outcomes: outcomes.sort(byKind),
    requests: asker.requests(),
    warnings: asker.warnings(),
  };
}

/** By group and kind, namespace and name, whatever order they came in. */
export function inOrder(objects: readonly LiveObject[]): readonly LiveObject[] {
  const keyed = objects.map((object) => ({ object, key: keyOf(object) }));
  return keyed.sort((a, b) => compareText(a.key, b.key)).map(({ object }) => object);
}

/** A space comes before everything that names are made of. */
function keyOf({ value }: LiveObject): string {
  const { namespace, name } = objectAt(value, 'metadata') ?? {};
  return [value.kind, value.apiVersion, namespace, name].map((part) => asText(part) ?? '').join(' ');
}

/** The order of outcomes in a state. */
export function byKind(a: KindOutcome, b: KindOutcome): number {
  return (
    compareText(a.kind, b.kind) ||
    compareText(a.state, b.state) ||
    compareText(String(a.namespaces), String(b.namespaces))
  );
}
