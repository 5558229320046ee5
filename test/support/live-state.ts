import { readTexts } from '../../src/load/index.ts';
import { type Kind, kinds } from '../../src/model/kinds.gen.ts';
import type { KindOutcome, LiveState } from '../../src/model/live.ts';
import { splitApiVersion } from '../../src/model/names.ts';

export type Texts = readonly { readonly path: string; readonly raw: string }[];

/** Every kind that could be read, as a reading of a cluster tells; of some it may end otherwise. */
function outcomesOf(others: Readonly<Partial<Record<Kind, Partial<KindOutcome>>>> = {}): KindOutcome[] {
  return (Object.keys(kinds) as Kind[])
    .filter((kind) => kinds[kind].pseudo !== true)
    .map((kind) => {
      const { plural: resource, group } = kinds[kind];
      return { kind, resource, group, state: 'ok', namespaces: 'all', count: 0, ...others[kind] };
    });
}

/** What a cluster with these manifests would give, were all of it read. */
export async function liveStateOf(texts: Texts): Promise<LiveState> {
  const { manifests } = await readTexts(texts);
  return {
    cluster: 'prod',
    server: 'https://prod.example.com',
    objects: manifests.map(({ value }) => ({ value: placed(value) })),
    outcomes: outcomesOf(),
    requests: [],
    warnings: [],
  };
}

/** The same where some kinds could not be read. */
export function without(state: LiveState, hidden: readonly Kind[]): LiveState {
  const lost = Object.fromEntries(hidden.map((kind) => [kind, { state: 'forbidden' as const }]));
  return {
    ...state,
    objects: state.objects.filter(({ value }) => !hidden.some((kind) => kind === kindOf(value))),
    outcomes: outcomesOf(lost),
  };
}

/** Where objects are that are in some namespace. */
export function namespacesOf({ objects }: LiveState): readonly string[] {
  return [...new Set(objects.flatMap(({ value }) => namespaceOf(value) ?? []))].sort();
}

/** The same where one namespace could not be read. */
export function withoutNamespace(state: LiveState, hidden: string): LiveState {
  const read = ['default', 'istio-system', ...namespacesOf(state)].filter((name) => name !== hidden);
  return {
    ...state,
    objects: state.objects.filter(({ value }) => namespaceOf(value) !== hidden),
    outcomes: state.outcomes.flatMap((outcome) =>
      isNamespaced(outcome.kind)
        ? [
            { ...outcome, namespaces: read },
            { ...outcome, state: 'forbidden' },
          ]
        : [outcome],
    ),
  };
}

/** The same where Istio's own settings could not be read: nothing of its ConfigMaps, nor of istiod itself. */
export function withoutSettings(state: LiveState): LiveState {
  const isSetting = ({ kind }: { readonly kind?: unknown }): boolean =>
    kind === 'ConfigMap' || kind === 'Deployment';
  const read = namespacesOf(state).filter((name) => name !== 'istio-system');
  return {
    ...state,
    objects: state.objects.filter(
      ({ value }) => !(isSetting(value) && namespaceOf(value) === 'istio-system'),
    ),
    outcomes: state.outcomes.flatMap((outcome) =>
      isSetting(outcome)
        ? [
            { ...outcome, namespaces: ['default', ...read] },
            { ...outcome, state: 'forbidden' },
          ]
        : [outcome],
    ),
  };
}

function namespaceOf({ metadata }: Record<string, unknown>): string | undefined {
  return (metadata as { namespace?: string } | undefined)?.namespace;
}

function isNamespaced(kind: string): boolean {
  return kinds[kind as Kind].namespaced;
}

/** The model's kind of an object; undefined of others. */
export function kindOf({ apiVersion, kind }: Record<string, unknown>): Kind | undefined {
  const { group } = splitApiVersion(String(apiVersion));
  return (Object.keys(kinds) as Kind[]).find(
    (one) => kinds[one].kind === kind && kinds[one].group === group && kinds[one].pseudo !== true,
  );
}

/** The API server puts what names no namespace into the one of the request, and what needs none into none. */
function placed(value: Record<string, unknown>): Record<string, unknown> {
  const kind = kindOf(value);
  const metadata = value.metadata as Record<string, unknown> | undefined;
  if (kind === undefined || !kinds[kind].namespaced) return value;
  return { ...value, metadata: { ...metadata, namespace: metadata?.namespace ?? 'default' } };
}
