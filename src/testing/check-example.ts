import type { Diagnostic } from '../engine/diagnostic.ts';
import { FLOATING } from '../model/names.ts';
import type { NamedRule } from '../sdk/rule.ts';
import { type Arrangement, arrangementsOf, BYSTANDERS_PATH, type Freedom, isPlain } from './arrange.ts';
import type { Example } from './example.ts';
import { type Marker, markersOf } from './markers.ts';
import { type ExampleRun, openExample, runAlone, textsOf } from './run-example.ts';

/**
 * Runs one rule over one example. Returns everything that is not as it should be, in words; nothing when all is well:
 * exactly the marked places, the same in a second run and however the documents are laid out, and nothing thrown.
 * Over a good example the rule runs whatever it says that it needs, which shows that it says so rightly.
 */
export async function checkExample(stated: NamedRule, example: Example): Promise<readonly string[]> {
  const named =
    example.verdict === 'bad' ? stated : { ...stated, rule: { ...stated.rule, needs: undefined } };
  const markers = markersOf(example);
  const name = named.name.slice(named.name.indexOf('/') + 1);
  const complaints: string[] = [];
  for (const marker of markers) {
    if (marker.rule !== name) {
      complaints.push(
        `${placeOf(example, marker.file, marker.line)}  the marker names ${marker.rule}, not ${name}`,
      );
    }
  }
  if (example.verdict === 'bad' && markers.length === 0)
    complaints.push('a bad example marks a line with `# ! rule-name`');
  if (example.verdict === 'good' && markers.length > 0) complaints.push('a good example has no markers');
  if (complaints.length > 0) return complaints;

  const opened = await openExample(textsOf(example), example.settings);
  const run = await runAlone(opened, named, example.settings);
  if (run.crashes.length > 0)
    return run.crashes.map((error) => `the rule threw ${error.stack ?? error.message}`);
  if (run.skipped !== undefined) return [`the rule had nothing to judge: ${run.skipped}`];
  complaints.push(...compareWithMarkers(example, markers, run.diagnostics));
  if (complaints.length > 0) return complaints;

  const again = await runAlone(opened, named, example.settings);
  complaints.push(...compareRuns('a second run', run.diagnostics.map(wholly), again.diagnostics.map(wholly)));
  for (const arrangement of arrangementsOf(example, freedomOf(example, run))) {
    const other = await runAlone(
      await openExample(arrangement.texts, example.settings),
      named,
      example.settings,
    );
    complaints.push(...compareArranged(arrangement, run, other));
  }
  return complaints;
}

function compareWithMarkers(
  example: Example,
  markers: readonly Marker[],
  diagnostics: readonly Diagnostic[],
): string[] {
  const complaints: string[] = [];
  const open = [...diagnostics];
  for (const marker of markers) {
    const here = open.filter(
      ({ location }) => location?.file === marker.file && location.line === marker.line,
    );
    const hit = here.find((d) => marker.severity === undefined || d.severity === marker.severity) ?? here[0];
    const place = placeOf(example, marker.file, marker.line);
    if (hit === undefined) {
      complaints.push(`${place}  marked, but nothing is reported here`);
      continue;
    }
    open.splice(open.indexOf(hit), 1);
    if (marker.severity !== undefined && hit.severity !== marker.severity) {
      complaints.push(`${place}  should be ${marker.severity}: ${show(hit)}`);
    }
    if (hit.location?.exact === false && marker.exact) {
      complaints.push(
        `${place}  points at a parent of a field that is not there; if that is meant, end the marker with ~: ${show(hit)}`,
      );
    }
    if (hit.location?.exact === true && !marker.exact) {
      complaints.push(`${place}  the marker ends with ~, but the place is exact: ${show(hit)}`);
    }
  }
  for (const extra of open) {
    const place = placeOf(example, extra.location?.file ?? '', extra.location?.line ?? 0);
    complaints.push(`${place}  reported, but not marked: ${show(extra)}`);
  }
  return complaints;
}

function compareArranged(arrangement: Arrangement, run: ExampleRun, other: ExampleRun): string[] {
  if (other.crashes.length > 0) {
    return other.crashes.map(
      (error) => `${arrangement.name}: the rule threw ${error.stack ?? error.message}`,
    );
  }
  // Of several copies of one thing it is their order that tells which one is reported.
  const byPlace = !hasDuplicates(run);
  const key = (diagnostic: Diagnostic, place: string, column: number): string => {
    if (arrangement.renamed) return `${place}  ${diagnostic.severity} ${diagnostic.path.join('.')}`;
    return byPlace ? `${place}:${column}  ${show(diagnostic)}` : show(diagnostic);
  };
  return compareRuns(
    arrangement.name,
    run.diagnostics.map((d) => key(d, `${d.location?.file}:${d.location?.line}`, d.location?.column ?? 0)),
    other.diagnostics
      .filter(({ location }) => location?.file !== BYSTANDERS_PATH)
      .map((d) => {
        const { file = '', line = 0, column = 0 } = d.location ?? {};
        return key(d, arrangement.original(file, line), column);
      }),
  );
}

function compareRuns(name: string, expected: readonly string[], actual: readonly string[]): string[] {
  const missing = without(expected, actual);
  const extra = without(actual, expected);
  return [
    ...missing.map((key) => `${name}: no longer reported: ${key}`),
    ...extra.map((key) => `${name}: newly reported: ${key}`),
  ];
}

function without(all: readonly string[], taken: readonly string[]): string[] {
  const left = [...taken];
  return all.filter((key) => {
    const at = left.indexOf(key);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** What may be moved about in this example without changing its meaning. */
function freedomOf(example: Example, run: ExampleRun): Freedom {
  const free = !example.settings.fixedLayout && example.files.every(isPlain);
  const closed = example.settings.world === 'closed';
  const isOneInput = example.files.every(({ cluster }) => cluster === undefined);
  return {
    withinFiles: free,
    oneFile: free && isOneInput && (closed || (!hasDuplicates(run) && !floats(run))),
    manyFiles: free && closed,
    others: free && closed && isOneInput,
    // Elsewhere a name that is nearly another one is told as a suspicion, and both would have to change.
    namespaces: closed && example.settings.namespace === undefined ? namespacesOf(run) : [],
  };
}

/** Namespaces whose names mean nothing by themselves. */
function namespacesOf({ opened }: ExampleRun): readonly string[] {
  const all = opened.sessions.flatMap(({ graph }) =>
    [...graph.namespaces()].filter((name) => name !== graph.mesh.rootNamespace),
  );
  return [...new Set(all)].filter((name) => name !== 'default' && !/^(?:kube|istio)-|^local-path/.test(name));
}

function hasDuplicates({ opened }: ExampleRun): boolean {
  return opened.sessions.some(({ graph }) => graph.duplicates().length > 0);
}

function floats({ opened }: ExampleRun): boolean {
  for (const { graph } of opened.sessions) {
    for (const resource of graph.all()) if (resource.namespace === FLOATING) return true;
  }
  return false;
}

/** A finding in one line: what it says, and of what. */
function show(diagnostic: Diagnostic): string {
  const { resource, severity, path, message } = diagnostic;
  const name =
    resource &&
    `${resource.cluster === undefined ? '' : `${resource.cluster}: `}${resource.kind} ${resource.namespace === undefined ? '' : `${resource.namespace}/`}${resource.name} `;
  return `${severity} "${message}" (${name ?? ''}${path.join('.')})`;
}

function wholly(diagnostic: Diagnostic): string {
  return JSON.stringify(diagnostic);
}

/** The line of the page or case file where a line of an example stands. */
function placeOf(example: Example, path: string, line: number): string {
  const file = example.files.find((candidate) => candidate.path === path);
  return file === undefined ? `${path}:${line}` : `${file.from.path}:${file.from.line + line - 1}`;
}
