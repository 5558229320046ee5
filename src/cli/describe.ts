import { ConfigError } from '../config/config-error.ts';
import { resourceId } from '../engine/diagnose.ts';
import type { Diagnostic } from '../engine/diagnostic.ts';
import type { WholeGraph } from '../graph/graph.ts';
import type { Resource } from '../graph/resource.ts';
import { describeNamespace, describeService, describeWorkload } from '../inspect/describe.ts';
import type { Explanation } from '../inspect/explanation.ts';
import { isKind } from '../mesh/workloads/workload-sources.ts';
import { showResource } from '../report/words.ts';
import { tellIgnored } from './combinations.ts';
import { printExplanation } from './explain-mesh.ts';
import type { Given } from './flags.ts';
import { openInput, readAnalyzeRequest } from './options.ts';
import { withProgress } from './progress.ts';
import { findResource, workloadOf } from './subjects.ts';
import { version } from './version.ts';

/** `meshlint describe`: all that applies to an object, and what is wrong with it. */
export async function describe(given: Given, environment: NodeJS.ProcessEnv): Promise<number> {
  const [subject = '', ...paths] = given.positionals;
  const request = await readAnalyzeRequest({ ...given, positionals: paths }, environment);
  const session = await withProgress((onProgress) => openInput({ ...request.session, onProgress }));
  tellIgnored(given, request.session, session.input.read);
  const resource = findResource(session.graph, subject);
  const described = describeResource(session.graph, resource);
  // All that is wrong with it, wherever that stands.
  const { namespace: _, show: __, ...options } = request.analyze;
  const { report } = await withProgress((onProgress) =>
    session.analyze(request.rules, version, { ...options, onProgress }),
  );
  const findings = about(report.diagnostics, resource, described);
  return printExplanation(session, withFindings(described, findings), given, environment);
}

function describeResource(graph: WholeGraph, resource: Resource): Explanation {
  if (isKind(resource, 'Service')) return describeService(graph, resource);
  if (isKind(resource, 'Namespace')) return describeNamespace(graph, resource);
  const workload = workloadOf(graph, resource);
  if (workload !== undefined) return describeWorkload(graph, workload);
  throw new ConfigError(
    `A ${resource.kind} cannot be described.`,
    'Name a workload, a Pod, a Service or a Namespace.',
  );
}

/** Findings on the object or on what its description names, or that name it as related. */
function about(
  diagnostics: readonly Diagnostic[],
  resource: Resource,
  { sections }: Explanation,
): readonly Diagnostic[] {
  const named = sections.flatMap(({ steps }) =>
    steps.flatMap(({ places }) => places.map((one) => one.resource)),
  );
  // All that stands in a namespace is named there; what is wrong with that is the matter of `analyze`.
  const wanted = new Set([resource, ...(isKind(resource, 'Namespace') ? [] : named)].map(keyOf));
  const own = keyOf(resource);
  return diagnostics.filter(
    (one) =>
      (one.resource !== undefined && wanted.has(showResource(one.resource))) ||
      one.related.some((other) => other.resource !== undefined && showResource(other.resource) === own),
  );
}

function keyOf(resource: Resource): string {
  return showResource(resourceId(resource));
}

function withFindings(described: Explanation, findings: readonly Diagnostic[]): Explanation {
  const steps = findings.map(({ code, severity, message, resource, location }) => ({
    text: `${severity} ${code}: ${message}${resource === undefined ? '' : ` (${showResource(resource)}${location?.file === undefined ? '' : `, ${location.file}:${location.line}`})`}`,
    ...(severity === 'info' ? {} : { problem: true as const }),
    places: [],
  }));
  return {
    ...described,
    sections: [
      ...described.sections,
      { title: 'Findings', steps: steps.length > 0 ? steps : [{ text: 'None.', places: [] }] },
    ],
  };
}
