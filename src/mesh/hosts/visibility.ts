import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';

/** Kinds whose visibility to other namespaces can be narrowed. */
export type ExportingKind = 'VirtualService' | 'DestinationRule' | 'ServiceEntry' | 'Service';

/**
 * Where an object is seen: everywhere, or in some namespaces only. Mirrors `exportTo` of
 * pilot/pkg/model/push_context.go; a Service exports by its annotation.
 */
export interface Scope {
  readonly everywhere: boolean;
  /** Namespaces that see it, when not everywhere. */
  readonly namespaces: ReadonlySet<string>;
}

const EXPORT_ANNOTATION = 'networking.istio.io/exportTo';

/** The scope of one object: its own `exportTo`, else the mesh default for its kind, else everywhere. */
export function scopeOf(graph: Graph, resource: Resource<ExportingKind>): Scope {
  if (isDestinationRule(resource)) return ruleScope(graph, resource);
  const written = exportEntries(resource);
  const entries = written.length > 0 ? written : (meshDefault(graph, resource) ?? ['*']);
  if (entries.includes('*')) return everyone;
  // One `~` hides an object from all, whatever else is listed.
  return only(entries.includes('~') ? [] : entries, resource.namespace);
}

/**
 * A rule for chosen workloads is private to its namespace; of the mesh default only `.` counts, and its own
 * namespace always sees a rule without `exportTo` (`setDestinationRules`).
 */
function ruleScope(graph: Graph, rule: Resource<'DestinationRule'>): Scope {
  if (rule.spec.workloadSelector !== undefined) return only(['.'], rule.namespace);
  const entries = rule.spec.exportTo ?? [];
  if (entries.length === 0) {
    return meshDefault(graph, rule)?.includes('.') ? only(['.'], rule.namespace) : everyone;
  }
  return entries.includes('*') ? everyone : only(entries, rule.namespace);
}

const everyone: Scope = { everywhere: true, namespaces: new Set() };

function only(entries: readonly string[], namespace: string): Scope {
  const seen = entries.filter((entry) => entry !== '~').map((entry) => (entry === '.' ? namespace : entry));
  return { everywhere: false, namespaces: new Set(seen) };
}

/** Whether clients in `namespace` see the object. */
export function visibleIn(graph: Graph, resource: Resource<ExportingKind>, namespace: string): boolean {
  const scope = scopeOf(graph, resource);
  return scope.everywhere || scope.namespaces.has(namespace);
}

/** Whether some namespace sees both. */
export function scopesMeet(a: Scope, b: Scope): boolean {
  if (a.everywhere) return b.everywhere || b.namespaces.size > 0;
  if (b.everywhere) return a.namespaces.size > 0;
  for (const namespace of a.namespaces) if (b.namespaces.has(namespace)) return true;
  return false;
}

function exportEntries(resource: Resource<ExportingKind>): readonly string[] {
  if (resource.kind === 'Service') {
    const annotation = resource.metadata.annotations?.[EXPORT_ANNOTATION];
    if (annotation === undefined) return [];
    return annotation
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '');
  }
  const { spec } = resource;
  return 'exportTo' in spec ? (spec.exportTo ?? []) : [];
}

function meshDefault(graph: Graph, resource: Resource<ExportingKind>): readonly string[] | undefined {
  const { config } = graph.mesh;
  const defaults =
    resource.kind === 'VirtualService'
      ? config.defaultVirtualServiceExportTo
      : resource.kind === 'DestinationRule'
        ? config.defaultDestinationRuleExportTo
        : config.defaultServiceExportTo;
  return defaults === undefined || defaults.length === 0 ? undefined : defaults;
}

function isDestinationRule(resource: Resource<ExportingKind>): resource is Resource<'DestinationRule'> {
  return resource.kind === 'DestinationRule';
}
