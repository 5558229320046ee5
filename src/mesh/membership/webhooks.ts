import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { ensure, pushTo } from '../../model/collections.ts';
import type { MutatingWebhook, WebhookClientConfig } from '../../model/kinds.gen.ts';
import { type LabelSelector, type Labels, matchesSelector } from '../../model/labels.ts';
import { INJECT_KEY, INJECTION_LABEL, REVISION_LABEL } from './membership.ts';

type Configuration = Resource<'MutatingWebhookConfiguration'>;

/** One webhook by which Istio injects sidecars. */
export interface InjectionWebhook {
  readonly configuration: Configuration;
  readonly webhook: MutatingWebhook;
}

/** A webhook that is called for pods for which others are called too. */
export interface OverlappingWebhook extends InjectionWebhook {
  readonly others: readonly InjectionWebhook[];
  /** Labels of a namespace and of a pod for which they are all called. */
  readonly namespace: Labels;
  readonly pod: Labels;
  /** Whether they all call the same address, so that the same sidecar is injected once more. */
  readonly callSame: boolean;
}

/**
 * The webhooks that inject: those of configurations that carry, or select by, a revision, or that have a webhook of
 * Istio's name.
 */
export const injectionWebhooks = view(
  { MutatingWebhookConfiguration: 'some' },
  (graph): readonly InjectionWebhook[] =>
    graph
      .list('MutatingWebhookConfiguration')
      .filter((one) => isOfIstio(one) || revisionsOf(one).length > 0)
      .flatMap((configuration) =>
        (configuration.body.webhooks ?? []).map((webhook) => ({ configuration, webhook })),
      ),
);

function isOfIstio({ body }: Configuration): boolean {
  return (body.webhooks ?? []).some(({ name }) => /(?:^|\.)istio\.io$/.test(name ?? ''));
}

/** Every revision that a configuration names: by its own label, or in what it selects. */
function revisionsOf({ metadata, body }: Configuration): readonly string[] {
  const selectors = (body.webhooks ?? []).flatMap((one) => [one.namespaceSelector, one.objectSelector]);
  const named = selectors.flatMap((selector) => [
    selector?.matchLabels?.[REVISION_LABEL],
    ...(selector?.matchExpressions ?? [])
      .filter(({ key }) => key === REVISION_LABEL)
      .flatMap(({ values = [] }) => values),
  ]);
  return [...new Set([metadata.labels?.[REVISION_LABEL], ...named])].filter((name) => name !== undefined);
}

/**
 * Webhooks of which several are called for one and the same pod, tried with all labels that decide about injection
 * (the same trial as in pkg/config/analysis/analyzers/webhook/webhook.go).
 */
export const overlappingWebhooks = view(
  { MutatingWebhookConfiguration: 'some' },
  (graph): readonly OverlappingWebhook[] => {
    const judged = injectionWebhooks(graph).filter((one) => isJudged(graph, one));
    const revisions = [...new Set(judged.flatMap((one) => revisionsOf(one.configuration)))].sort();
    const namespaces = labelSets(INJECTION_LABEL, ['enabled', 'disabled'], revisions);
    const pods = labelSets(INJECT_KEY, ['true', 'false'], revisions);
    const podsOf = new Map(judged.map((one) => [one, matching(one.webhook.objectSelector, pods)]));
    const overlaps = new Map<InjectionWebhook, Overlap>();
    for (const namespace of namespaces) {
      const byPod = new Map<Labels, InjectionWebhook[]>();
      for (const one of judged) {
        if (!selects(one.webhook.namespaceSelector, namespace)) continue;
        for (const pod of podsOf.get(one) ?? []) pushTo(byPod, pod, one);
      }
      for (const [pod, called] of byPod) {
        if (called.length < 2) continue;
        for (const one of called) addOthers(graph, overlaps, one, called, { namespace, pod });
      }
    }
    return [...overlaps].map(([one, { others, ...labels }]) => ({
      ...one,
      ...labels,
      others: [...others],
      callSame: [...others].every((other) => addressOf(other) === addressOf(one)),
    }));
  },
);

interface Overlap {
  readonly namespace: Labels;
  readonly pod: Labels;
  readonly others: Set<InjectionWebhook>;
}

/** More of them than anybody reads are not looked for. */
const MOST_OTHERS = 10;

function addOthers(
  graph: Graph,
  overlaps: Map<InjectionWebhook, Overlap>,
  one: InjectionWebhook,
  called: readonly InjectionWebhook[],
  labels: Pick<Overlap, 'namespace' | 'pod'>,
): void {
  for (const other of called) {
    if ((overlaps.get(one)?.others.size ?? 0) >= MOST_OTHERS) return;
    if (one !== other && mayMeet(graph, one, other))
      ensure(overlaps, one, () => ({ ...labels, others: new Set() })).others.add(other);
  }
}

/** Without the label that switches injection, and with each value of it; all that also with each revision. */
function labelSets(key: string, values: readonly string[], revisions: readonly string[]): readonly Labels[] {
  const plain: readonly Labels[] = [{}, ...values.map((value) => ({ [key]: value }))];
  return [undefined, ...revisions].flatMap((revision) =>
    plain.map((labels) => (revision === undefined ? labels : { ...labels, [REVISION_LABEL]: revision })),
  );
}

function matching(selector: LabelSelector | undefined, sets: readonly Labels[]): readonly Labels[] {
  return sets.filter((labels) => selects(selector, labels));
}

/** For webhooks no selector means everything. */
function selects(selector: LabelSelector | undefined, labels: Labels): boolean {
  return selector === undefined || matchesSelector(selector, labels);
}

/** Conditions are expressions that we do not evaluate, and a webhook that is not called for pods injects nothing. */
function isJudged(graph: Graph, { configuration, webhook }: InjectionWebhook): boolean {
  if ((webhook.matchConditions ?? []).length > 0 || graph.changedBy(configuration) !== undefined)
    return false;
  const rules = webhook.rules ?? [];
  return rules.length === 0 || rules.some(({ resources = [] }) => resources.some(meansPods));
}

function meansPods(resource: string): boolean {
  return resource === 'pods' || resource === '*' || resource === '*/*';
}

/** Only what is applied together is for one cluster: a file may hold another installation. */
function mayMeet(graph: Graph, { configuration: a }: InjectionWebhook, other: InjectionWebhook): boolean {
  return a === other.configuration || graph.nearness(a, other.configuration) === 'together';
}

function addressOf({ webhook }: InjectionWebhook): string {
  const { service, url } = webhook.clientConfig ?? {};
  return url ?? `${service?.namespace}/${service?.name}:${service?.port ?? 443}${service?.path ?? '/'}`;
}

/**
 * The webhooks that call istiod: those of configurations called as Istio's charts call them
 * (pkg/config/analysis/analyzers/externalcontrolplane).
 */
export const controlPlaneWebhooks = view(
  { MutatingWebhookConfiguration: 'some', ValidatingWebhookConfiguration: 'some' },
  (graph): readonly ControlPlaneWebhook[] => {
    const injecting = graph
      .list('MutatingWebhookConfiguration')
      .filter(({ name }) => name.startsWith('istio-sidecar-injector'));
    const validating = graph
      .list('ValidatingWebhookConfiguration')
      .filter(({ name }) => name === 'istiod-default-validator' || name.startsWith('istio-validator'));
    return [...injecting, ...validating]
      .filter((configuration) => graph.changedBy(configuration) === undefined)
      .flatMap((configuration) =>
        (configuration.body.webhooks ?? []).map((webhook) => ({ configuration, webhook })),
      );
  },
);

export interface ControlPlaneWebhook {
  readonly configuration:
    | Resource<'MutatingWebhookConfiguration'>
    | Resource<'ValidatingWebhookConfiguration'>;
  readonly webhook: { readonly name?: string; readonly clientConfig?: WebhookClientConfig };
}

/** What Kubernetes asks of the address of a webhook (`ValidateWebhookURL` in k8s.io/apiserver). */
export type AddressFault = 'malformed' | 'insecure';

/** What is wrong with the URL of a webhook; Kubernetes takes only HTTPS to a host that is named. */
export function addressFault(url: string): AddressFault | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || parsed.hostname === '') return 'malformed';
  return parsed.protocol === 'https:' ? undefined : 'insecure';
}

/** The IP address to which a URL points; undefined when it names a host. */
export function addressIp(url: string): string | undefined {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  const isIp = host.startsWith('[') || /^\d+\.\d+\.\d+\.\d+$/.test(host);
  return isIp ? host.replace(/^\[|\]$/g, '') : undefined;
}
