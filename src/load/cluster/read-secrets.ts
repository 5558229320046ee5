// Secrets are never listed: only those are fetched, by name, that gateways show as certificates.
import { compareText, ensure } from '../../model/collections.ts';
import { type Labels, matchesLabels } from '../../model/labels.ts';
import type { KindOutcome, LiveObject } from '../../model/live.ts';
import { asObject, asText, objectAt, objectsOf } from './json.ts';
import { askOr, type Failure, failureOf } from './list.ts';
import { permissionFor } from './plan.ts';
import { publicHalfOf } from './public-half.ts';
import type { Asker } from './retry.ts';

type Fields = Record<string, unknown>;

const SECRETS = { group: '', resource: 'secrets' } as const;

export interface NamedSecrets {
  readonly objects: readonly LiveObject[];
  readonly outcomes: readonly KindOutcome[];
}

/** A Secret that something names. */
interface Named {
  readonly namespace: string;
  readonly name: string;
  /** Where it is looked for as well when it is not where it belongs: people put it beside the Gateway. */
  readonly elsewhere?: string;
}

/**
 * Fetches the Secrets that objects of a cluster name as certificates, and keeps their public half. Those that could not
 * be fetched have an outcome for each namespace.
 */
export async function readSecrets(
  asker: Asker,
  objects: readonly LiveObject[],
  istioNamespace: string,
): Promise<NamedSecrets> {
  const wanted = namedSecrets(objects, istioNamespace);
  const answers = await Promise.all(
    wanted.map(async (named) => ({ named, answer: await fetchOne(asker, named) })),
  );
  const read: LiveObject[] = [];
  const known: string[] = [];
  const failed = new Map<string, { failure: Failure; namespace: string; names: string[] }>();
  for (const { named, answer } of answers) {
    const { namespace, name } = named;
    if (isFailure(answer)) {
      const key = `${namespace} ${answer.state}`;
      ensure(failed, key, () => ({ failure: answer, namespace, names: [] })).names.push(name);
      continue;
    }
    known.push(`${namespace}/${name}`);
    if (answer !== 'absent') read.push(answer);
  }
  read.push(...(await findElsewhere(asker, answers, new Set(wanted.map(idOf)))));
  const about = { kind: 'Secret', ...SECRETS, version: 'v1', namespaces: [] } as const;
  const outcomes: KindOutcome[] = [{ ...about, state: 'ok', names: known, count: read.length }];
  for (const { failure, namespace, names } of failed.values()) {
    outcomes.push({
      ...about,
      state: failure.state,
      namespaces: [namespace],
      count: 0,
      detail: failure.detail,
      ...(failure.state === 'forbidden' ? { permission: permissionFor(SECRETS, 'get', names) } : {}),
    });
  }
  return { objects: read, outcomes };
}

/** Beside the Gateway that names it, where that is no use to its pods: found there, it tells what went wrong. */
async function findElsewhere(
  asker: Asker,
  answers: readonly { readonly named: Named; readonly answer: unknown }[],
  asked: ReadonlySet<string>,
): Promise<readonly LiveObject[]> {
  const places = new Map<string, Named>();
  for (const { named, answer } of answers) {
    if (answer !== 'absent' || named.elsewhere === undefined) continue;
    const place = { namespace: named.elsewhere, name: named.name };
    if (!asked.has(idOf(place))) places.set(idOf(place), place);
  }
  const found = await Promise.all([...places.values()].map((place) => fetchOne(asker, place)));
  // Nobody needs it to be there: whatever else came back is no loss.
  return found.flatMap((answer) => (answer === 'absent' || isFailure(answer) ? [] : [answer]));
}

function isFailure(answer: LiveObject | Failure | 'absent'): answer is Failure {
  return answer !== 'absent' && 'state' in answer;
}

async function fetchOne(asker: Asker, { namespace, name }: Named): Promise<LiveObject | Failure | 'absent'> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(name)}`;
  const response = await askOr(asker, path, { resource: SECRETS.resource });
  if ('state' in response) return response;
  const body = asObject(response.body);
  const isStatus = body?.kind === 'Status';
  if (response.status === 404 && isStatus) return 'absent';
  if (response.status !== 200) return failureOf(response);
  return body?.kind === 'Secret'
    ? { value: publicHalfOf(body) }
    : { state: 'bad-body', detail: 'the answer is no Secret' };
}

/** What Kubernetes takes as a name. Others cannot be there, and in a path they might mean something else. */
const aName = /^[a-z0-9](?:[-.a-z0-9]*[a-z0-9])?$/;

/** Every Secret that is named, once, in a fixed order. */
export function namedSecrets(objects: readonly LiveObject[], istioNamespace: string): readonly Named[] {
  const found = new Map<string, Named>();
  const pods = podsOf(objects);
  const add = (named: Named): void => {
    const isPossible = aName.test(named.namespace) && aName.test(named.name);
    if (isPossible && found.get(idOf(named))?.elsewhere === undefined) found.set(idOf(named), named);
  };
  for (const { value } of objects) {
    const namespace = asText(objectAt(value, 'metadata')?.namespace) ?? '';
    const spec = asObject(value.spec) ?? {};
    const type = `${asText(value.apiVersion)?.split('/')[0]}/${asText(value.kind)}`;
    if (type === 'networking.istio.io/Gateway') {
      const places = pods.namespacesOf(spec.selector, istioNamespace);
      for (const name of credentialsOf(spec)) {
        for (const place of places) add({ ...refIn(name, place), elsewhere: namespace });
      }
    }
    if (type === 'networking.istio.io/DestinationRule') {
      // Only what is for chosen workloads may read a Secret; others get none, whatever they name.
      if (objectAt(spec, 'workloadSelector') === undefined) continue;
      for (const name of clientCredentialsOf(spec)) add(refIn(name, namespace));
    }
    if (/^gateway\.networking\.(?:x-)?k8s\.io\/X?(?:Gateway|ListenerSet)$/.test(type)) {
      for (const named of listenerCertificates(spec, namespace)) add(named);
    }
  }
  return [...found.values()].sort(
    (a, b) => compareText(a.namespace, b.namespace) || compareText(a.name, b.name),
  );
}

/** Modes in which clients show a certificate, which a second Secret may be there to check. */
const mutual: ReadonlySet<unknown> = new Set(['MUTUAL', 'OPTIONAL_MUTUAL']);

/** What the servers of a Gateway name, with the Secrets of the authorities (`NAME-cacert`) that istiod looks for too. */
function* credentialsOf(spec: Fields): Iterable<string> {
  for (const server of objectsOf(spec.servers)) {
    const tls = asObject(server.tls) ?? {};
    const several = textsOf(tls.credentialNames);
    const own = several.length > 0 ? several : textsOf([tls.credentialName]);
    yield* own;
    if (mutual.has(tls.mode)) yield* own.map((name) => `${name}-cacert`);
    yield* textsOf([tls.caCertCredentialName]);
  }
}

function* clientCredentialsOf(spec: Fields): Iterable<string> {
  const policies = [spec, ...objectsOf(spec.subsets)].map(
    ({ trafficPolicy }) => asObject(trafficPolicy) ?? {},
  );
  for (const policy of policies) {
    for (const { tls } of [policy, ...objectsOf(policy.portLevelSettings)])
      yield* textsOf([asObject(tls)?.credentialName]);
  }
}

function* listenerCertificates(spec: Fields, own: string): Iterable<Named> {
  for (const listener of objectsOf(spec.listeners)) {
    for (const { group, kind, name, namespace } of objectsOf(objectAt(listener, 'tls')?.certificateRefs)) {
      const isSecret = (group ?? '') === '' && (kind ?? 'Secret') === 'Secret';
      if (isSecret) yield { namespace: asText(namespace) ?? own, name: asText(name) ?? '' };
    }
  }
}

/**
 * The Secret that a credential name means for pods of `namespace` (`ToResourceName` and `ParseResourceName` in
 * pilot/pkg/model/credentials/resource.go); without a name for what is none.
 */
function refIn(credential: string, namespace: string): Named {
  const bare = credential.startsWith('kubernetes://') ? credential.slice('kubernetes://'.length) : credential;
  if (bare.includes('://')) return { namespace, name: '' };
  const [first = '', second] = bare.split('/');
  return second === undefined ? { namespace, name: first } : { namespace: first, name: second };
}

interface Pods {
  /** Where pods with all these labels run, or would. */
  namespacesOf(selector: unknown, istioNamespace: string): readonly string[];
}

function podsOf(objects: readonly LiveObject[]): Pods {
  const pods: { readonly namespace: string; readonly labels: Labels }[] = [];
  for (const { value } of objects) {
    const metadata = asObject(value.metadata) ?? {};
    const namespace = asText(metadata.namespace) ?? '';
    if (value.kind === 'Pod') pods.push({ namespace, labels: labelsOf(metadata.labels) });
    const template = objectAt(value, 'spec', 'template');
    if (template !== undefined)
      pods.push({ namespace, labels: labelsOf(objectAt(template, 'metadata')?.labels) });
  }
  return {
    namespacesOf(selector, istioNamespace) {
      const labels = labelsOf(selector);
      // Without a selector a Gateway is for every gateway: too many to ask for, each with a permission of its own.
      if (Object.keys(labels).length === 0) return [];
      const places = pods
        .filter((pod) => matchesLabels(labels, pod.labels))
        .map(({ namespace }) => namespace);
      if (places.length > 0) return [...new Set(places)].sort();
      return labels.istio === 'ingressgateway' ? [istioNamespace] : [];
    },
  };
}

function labelsOf(value: unknown): Labels {
  const pairs = Object.entries(asObject(value) ?? {});
  return Object.fromEntries(pairs.filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value)
    ? value.filter((text): text is string => typeof text === 'string' && text !== '')
    : [];
}

function idOf({ namespace, name }: Named): string {
  return `${namespace}/${name}`;
}
