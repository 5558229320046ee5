import type { Report, UnresolvedReference } from '../engine/report.ts';
import type { World } from '../graph/evidence.ts';
import type { WholeGraph } from '../graph/graph.ts';
import type { Resource } from '../graph/resource.ts';
import type { VariantGroup } from '../graph/variants.ts';
import { type Kind, kinds } from '../model/kinds.gen.ts';
import type { Kustomization, OpaquePlace } from '../model/layout.ts';
import { FLOATING } from '../model/names.ts';
import type { Session } from '../session/session.ts';

/** What was understood of an input, for people who wonder why something was or was not reported. */
export interface WorldReport {
  readonly version: '1';
  readonly world: World;
  readonly mesh: Report['coverage']['mesh'];
  readonly namespaces: readonly NamespaceReport[];
  readonly clusterScoped: readonly KindReport[];
  readonly floating: readonly { readonly file: string; readonly resources: readonly string[] }[];
  readonly variants: readonly VariantGroup[];
  readonly kustomizations: readonly Kustomization[];
  /** What became of kustomizations and charts that are to be rendered. */
  readonly rendered: NonNullable<Report['coverage']['rendered']>;
  readonly opaque: readonly OpaquePlace[];
  readonly unresolved: readonly UnresolvedReference[];
  readonly failures: Report['coverage']['failures'];
  /** The cluster that was read, and what of it was not. */
  readonly live?: Report['coverage']['live'];
}

export interface NamespaceReport {
  readonly name: string;
  readonly kinds: readonly KindReport[];
}

export interface KindReport {
  readonly kind: string;
  readonly count: number;
  /** Whether what is not loaded of this kind here counts as missing. */
  readonly complete: boolean;
  /** Why it is not complete. */
  readonly why?: string;
}

/** Gathers it; `report` is that of an analysis of the same session, which is what asks for references. */
export function describeWorld({ graph, loaded }: Session, report: Report): WorldReport {
  const { coverage } = report;
  return {
    version: '1',
    world: graph.world,
    mesh: coverage.mesh,
    namespaces: [...graph.namespaces()].sort().map((name) => ({ name, kinds: kindsIn(graph, name) })),
    clusterScoped: kindsIn(graph, ''),
    floating: floatingByFile(graph),
    variants: coverage.variants,
    kustomizations: loaded.layout.kustomizations,
    rendered: coverage.rendered ?? [],
    opaque: loaded.layout.opaque,
    unresolved: coverage.unresolved.references,
    failures: coverage.failures,
    ...(coverage.live === undefined ? {} : { live: coverage.live }),
  };
}

const allKinds = Object.keys(kinds).sort() as Kind[];

function kindsIn(graph: WholeGraph, namespace: string): KindReport[] {
  return allKinds.flatMap((kind) => {
    const resources: readonly Resource[] = graph.list(kind, namespace);
    const [first] = resources;
    if (first === undefined || kinds[kind].pseudo) return [];
    const known = graph.known(kind, namespace, first);
    const name = kinds[kind].group === '' ? kind : `${kinds[kind].group}/${kinds[kind].kind}`;
    return [
      {
        kind: name,
        count: resources.length,
        complete: known.complete,
        ...(known.complete ? {} : { why: known.why }),
      },
    ];
  });
}

function floatingByFile(graph: WholeGraph): WorldReport['floating'] {
  const files = new Map<string, string[]>();
  for (const kind of allKinds) {
    for (const { origin, name } of graph.list(kind, FLOATING)) {
      const resources = files.get(origin.source.path) ?? [];
      resources.push(`${kinds[kind].kind} ${name}`);
      files.set(origin.source.path, resources);
    }
  }
  return [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([file, resources]) => ({ file, resources }));
}
