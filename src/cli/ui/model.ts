// What there is to browse: findings, and the resources that they are about with what names what.
import type { Analysis } from '../../engine/analyze.ts';
import type { Diagnostic } from '../../engine/diagnostic.ts';
import type { WholeGraph } from '../../graph/graph.ts';
import { edges } from '../../mesh/edges/edges.ts';
import { type Kind, kinds } from '../../model/kinds.gen.ts';
import type { Source } from '../../text/index.ts';
import { indexLines, lineColumnAt } from '../../text/lines.ts';
import { drawn, nodeOf } from '../graph.ts';
import { type GraphEdge, nodeName } from '../graph-text.ts';

export interface Finding extends Diagnostic {
  /** The same after a re-check, unless the finding is gone. */
  readonly id: string;
}

export interface ResourcePlace {
  readonly source: Source;
  readonly line: number;
}

export interface Model {
  readonly findings: readonly Finding[];
  readonly sources: ReadonlyMap<string, Source>;
  readonly edges: readonly GraphEdge[];
  /** Where a resource is written, by `Kind/namespace/name`. */
  readonly place: (name: string) => ResourcePlace | undefined;
  /** The page of a rule by its name. */
  readonly page: (rule: string) => string | undefined;
  readonly incomplete: boolean;
}

/** Gathers what is shown of an analysis. */
export function createModel(graph: WholeGraph, { report, sources }: Analysis, page: Model['page']): Model {
  const seen = new Map<string, number>();
  const findings = report.diagnostics.map((diagnostic): Finding => {
    const times = seen.get(diagnostic.fingerprint) ?? 0;
    seen.set(diagnostic.fingerprint, times + 1);
    return { ...diagnostic, id: `${diagnostic.fingerprint} ${times}` };
  });
  const places = new Map<string, { readonly source: Source; readonly start: number }>();
  for (const kind of Object.keys(kinds) as Kind[]) {
    for (const resource of graph.list(kind)) {
      const name = nodeName(nodeOf(resource));
      if (!places.has(name)) places.set(name, resource.origin);
    }
  }
  return {
    findings,
    sources,
    edges: Array.from(edges(graph), drawn),
    place: (name) => {
      const origin = places.get(name);
      if (origin === undefined) return undefined;
      const { source, start } = origin;
      // A document starts where the one before ends: what says something comes behind `---` and comments.
      const lead = /^(?:\s*(?:---.*|#.*)?\n)*/.exec(source.text.slice(start))?.[0].length ?? 0;
      return { source, line: lineColumnAt(indexLines(source.text), source.text, start + lead).line };
    },
    page,
    incomplete: report.summary.incomplete,
  };
}

/** How the graph calls the resource of a finding. */
export function resourceName({ resource }: Diagnostic): string | undefined {
  return resource === undefined ? undefined : nodeName(resource);
}
