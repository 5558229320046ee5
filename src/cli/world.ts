import { rules } from '../../rules/index.gen.ts';
import { unreadLines } from '../report/live.ts';
import { createPalette, type Palette } from '../report/palette.ts';
import { oneLine } from '../report/screen.ts';
import { count, showResource } from '../report/words.ts';
import { tellIgnored } from './combinations.ts';
import { choice, type Given, isOn } from './flags.ts';
import { openInput, readSessionRequest } from './options.ts';
import { withProgress } from './progress.ts';
import { print, wantsColor } from './terminal.ts';
import { version } from './version.ts';
import { describeWorld, type KindReport, type WorldReport } from './world-report.ts';

/** `meshlint world`: what was understood of the input. */
export async function world(given: Given, environment: NodeJS.ProcessEnv): Promise<number> {
  const format = choice(given, 'format', ['text', 'json']) ?? 'text';
  const request = await readSessionRequest(given, environment);
  const { session, report } = await withProgress(async (onProgress) => {
    const session = await openInput({ ...request, onProgress });
    return { session, ...(await session.analyze(rules, version, { onProgress })) };
  });
  tellIgnored(given, request, session.input.read);
  const described = describeWorld(session, report);
  if (format === 'json') print([`${JSON.stringify(described, null, 2)}\n`]);
  else print(text(described, createPalette(wantsColor(isOn(given, 'color'), environment))));
  return report.summary.incomplete ? 3 : 0;
}

function* text(described: WorldReport, paint: Palette): Iterable<string> {
  const { mesh } = described;
  yield `${paint.bold('World')} ${described.world}; root namespace ${mesh.rootNamespace}, cluster domain ${mesh.clusterDomain}, trust domain ${mesh.trustDomain}${mesh.source === undefined ? '' : ` (from ${mesh.source})`}\n`;
  yield* part(paint, 'Not read', failures(described));
  yield* part(paint, 'Namespaces', namespaces(described));
  yield* part(paint, 'Without a namespace', floating(described));
  yield* part(paint, 'Variants, not judged against each other', variants(described));
  yield* part(paint, 'Kustomizations', kustomizations(described));
  yield* part(paint, 'Rendered, and judged by what came out', rendered(described));
  yield* part(paint, 'Could not be judged; nothing is missing in or under their folders', opaque(described));
  yield* part(paint, 'References neither found nor called missing', unresolved(described));
}

function* part(paint: Palette, title: string, lines: readonly string[]): Iterable<string> {
  if (lines.length === 0) return;
  yield `\n${paint.bold(title)}\n`;
  for (const line of lines) yield `  ${oneLine(line)}\n`;
}

function failures({ failures: paths, live }: WorldReport): string[] {
  return [
    ...paths.map(({ path, why, help }) => `${path}: ${why}. ${help}`),
    ...(live === undefined ? [] : unreadLines(live).map((line) => `cluster ${live.cluster}: ${line}`)),
  ];
}

function namespaces({ namespaces: list, clusterScoped }: WorldReport): string[] {
  return [
    ...list.flatMap(({ name, kinds }) => [name, ...kindLines(kinds)]),
    ...(clusterScoped.length === 0 ? [] : ['(cluster-scoped)', ...kindLines(clusterScoped)]),
  ];
}

function kindLines(kinds: readonly KindReport[]): string[] {
  const complete = kinds.filter((kind) => kind.complete).map(({ kind, count: n }) => `${n} ${kind}`);
  return [
    ...(complete.length === 0 ? [] : [`  complete: ${complete.join(', ')}`]),
    ...kinds.flatMap(({ kind, count: n, why }) =>
      why === undefined ? [] : [`  not complete: ${n} ${kind}: ${why}`],
    ),
  ];
}

function floating(described: WorldReport): string[] {
  return described.floating.map(({ file, resources }) => `${file}: ${resources.join(', ')}`);
}

function variants(described: WorldReport): string[] {
  return described.variants.map(
    ({ folder, siblings }) => `${folder === '' ? '.' : folder}: ${siblings.join(', ')}`,
  );
}

function kustomizations(described: WorldReport): string[] {
  return described.kustomizations.map(({ path, namespace, lists, transforms }) =>
    [
      `${path}: lists ${count(lists.length, 'path')}`,
      ...(namespace === undefined ? [] : [`sets namespace ${namespace}`]),
      ...(transforms.length === 0 ? [] : [`changes what it lists (${transforms.join(', ')})`]),
    ].join(', '),
  );
}

function rendered({ rendered: all }: WorldReport): string[] {
  return all.map(({ path, release, tool, version, manifests = 0, why }) => {
    const what = release === undefined ? path : `${path} (release ${release})`;
    return why === undefined
      ? `${what}: ${count(manifests, 'manifest')}, by ${tool} ${version ?? ''}`
      : `${what}: not rendered: ${why}`;
  });
}

function opaque(described: WorldReport): string[] {
  return described.opaque.map(({ path, why }) => `${path}: ${why}`);
}

function unresolved(described: WorldReport): string[] {
  return described.unresolved.map(
    ({ what, name, from, file, why }) =>
      `${what} ${name}, named by ${showResource(from)}${file === '' ? '' : ` in ${file}`}: ${why}`,
  );
}
