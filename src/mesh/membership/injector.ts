import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { type LabelSelector, type Labels, matchesSelector } from '../../model/labels.ts';

/** What the sidecar injector of one revision is set to, as far as its ConfigMap is loaded. */
export interface Injector {
  /** `enableNamespacesByDefault`: namespaces without any injection label are injected too. */
  readonly injectsByDefault: boolean;
  /** Whether a pod gets a sidecar that its webhook was called for and that says neither yes nor no. */
  injects(labels: Labels): boolean;
  /** The image of the proxy that it adds, where its values tell. */
  readonly proxyImage?: string;
}

export interface Injectors extends Injector {
  /** The injector of a revision; '' and `default` mean the one of `istio-injection: enabled`. */
  ofRevision(revision: string): Injector;
  /** The same only where its ConfigMap is loaded: no other stands in for it. */
  loaded(revision: string): Injector | undefined;
}

const CONFIG = 'istio-sidecar-injector';
const standard: Injector = { injectsByDefault: false, injects: () => true };

/**
 * The injectors of the installation, from the ConfigMaps `istio-sidecar-injector[-<revision>]` of the root namespace
 * (manifests/charts/istio-control/istio-discovery/templates/istiod-injector-configmap.yaml).
 */
export const injector = view({ ConfigMap: 'some' }, (graph): Injectors => {
  const byRevision = new Map<string, Injector>();
  const unset = graph.assume === undefined ? standard : assumed(graph.assume);
  for (const config of graph.list('ConfigMap', graph.mesh.rootNamespace)) {
    if (config.name === CONFIG) byRevision.set('', read(config));
    else if (config.name.startsWith(`${CONFIG}-`)) {
      byRevision.set(config.name.slice(CONFIG.length + 1), read(config));
    }
  }
  // Where only revisions are installed, a tag makes one of them the default, and nothing here says which.
  const all = [...byRevision.values()];
  const usual = byRevision.get('') ?? all.find((one) => one.injectsByDefault) ?? all[0] ?? unset;
  return {
    get injectsByDefault() {
      return usual.injectsByDefault;
    },
    injects: usual.injects,
    ofRevision: (revision) =>
      revision === '' || revision === 'default' ? usual : (byRevision.get(revision) ?? unset),
    loaded: (revision) => byRevision.get(revision === 'default' ? '' : revision),
  };
});

/** The same where the ConfigMaps may not have been read. */
function assumed(assume: NonNullable<Graph['assume']>): Injector {
  return {
    get injectsByDefault() {
      assume('injector', 'enableNamespacesByDefault');
      return standard.injectsByDefault;
    },
    injects(labels) {
      assume('injector', 'neverInjectSelector');
      assume('injector', 'policy');
      return standard.injects(labels);
    },
  };
}

/** The values are JSON that people edit by hand: whatever does not fit counts as not set. */
function read(config: Resource<'ConfigMap'>): Injector {
  const { values, config: settings } = config.body.data ?? {};
  const parsed = parse(values ?? '{}');
  const webhook = field(parsed, 'sidecarInjectorWebhook');
  const never = selectorsOf(field(webhook, 'neverInjectSelector'));
  const always = selectorsOf(field(webhook, 'alwaysInjectSelector'));
  const policy =
    /^policy:\s*["']?(?<policy>\w+)/m.exec(settings ?? '')?.groups?.policy ??
    field(field(field(parsed, 'global'), 'proxy'), 'autoInject');
  const proxyImage = imageOf(field(parsed, 'global'));
  return {
    ...(proxyImage === undefined ? {} : { proxyImage }),
    injectsByDefault: field(webhook, 'enableNamespacesByDefault') === true,
    injects(labels) {
      if (never.some((selector) => matchesSelector(selector, labels))) return false;
      if (always.some((selector) => matchesSelector(selector, labels))) return true;
      return policy !== 'disabled';
    },
  };
}

/** Names with a slash are whole; others are completed (`imageURL` in pkg/kube/inject/inject.go). */
function imageOf(settings: unknown): string | undefined {
  const image = field(field(settings, 'proxy'), 'image') ?? 'proxyv2';
  const hub = field(settings, 'hub');
  const tag = field(settings, 'tag');
  if (typeof image === 'string' && image.includes('/')) return image;
  return hub === undefined || tag === undefined ? undefined : `${hub}/${image}:${tag}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function field(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Selectors without a condition never match here: the injector skips them (`injectRequired`, pkg/kube/inject/inject.go). */
function selectorsOf(value: unknown): readonly LabelSelector[] {
  if (!Array.isArray(value)) return [];
  return value.map(toSelector).filter(({ matchLabels, matchExpressions }) => {
    return Object.keys(matchLabels).length > 0 || matchExpressions.length > 0;
  });
}

function toSelector(value: unknown): Required<LabelSelector> {
  const pairs = field(value, 'matchLabels');
  const expressions = field(value, 'matchExpressions');
  return {
    matchLabels: Object.fromEntries(
      (isObject(pairs) ? Object.entries(pairs) : []).map(([key, label]) => [key, `${label}`]),
    ),
    matchExpressions: (Array.isArray(expressions) ? expressions : []).map((expression: unknown) => ({
      key: `${field(expression, 'key')}`,
      operator: `${field(expression, 'operator')}`,
      values: textsOf(field(expression, 'values')),
    })),
  };
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map((item) => `${item}`) : [];
}
