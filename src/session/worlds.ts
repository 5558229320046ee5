import { parse, resolve } from 'node:path';
import type { AnalyzeOptions } from '../engine/analyze.ts';
import { mergeAnalyses, type WorldAnalysis } from '../engine/merge-analyses.ts';
import type { World } from '../graph/evidence.ts';
import { nodeFileSystem } from '../load/file-system.ts';
import { createScope, type InputScope, load } from '../load/index.ts';
import { once } from './clusters.ts';
import { openAll, openSession, type Session, type SessionRequest } from './session.ts';

/** Environments of one repository, each of which is all there is for what it holds (world rule 8). */
export interface Worlds {
  /** Paths of each world by its name, those that all share among them. */
  readonly paths: Readonly<Record<string, readonly string[]>>;
  /** How each of them is taken: closed, unless somebody says otherwise. */
  readonly world: World;
  /** Whether only what is found in the paths of the request is shown. */
  readonly onlyAsked: boolean;
}

/**
 * Opens every world by itself; what the request names beside them is judged as if there were none. The report is of all
 * together. A snapshot among the paths is a cluster, and what is judged is that: worlds are of files.
 */
export async function openWorlds(worlds: Worlds, asked: SessionRequest): Promise<Pick<Session, 'analyze'>> {
  const cwd = asked.cwd ?? process.cwd();
  const request = asked.stdin === undefined ? asked : { ...asked, stdin: once(asked.stdin) };
  if (request.wantsSnapshot === true || (await namesSnapshot(request, cwd))) return openAll(request);
  const opened: { readonly name: string; readonly session: Session }[] = [];
  for (const [name, paths] of Object.entries(worlds.paths)) {
    opened.push({ name, session: await openSession({ ...request, paths, world: worlds.world }) });
  }
  const inWorlds: InputScope = scopeOf(Object.values(worlds.paths).flat(), cwd);
  const rest = await openSession({ ...request, scopes: [...(request.scopes ?? []), inWorlds] });
  if (opened.length === 0 || rest.loaded.manifests.length > 0 || rest.loaded.failures.length > 0) {
    opened.push({ name: '', session: rest });
  }
  const isAsked = worlds.onlyAsked ? await insideOf(request.paths, cwd) : undefined;
  return {
    async analyze(rules, toolVersion, options = {}) {
      const analyses: WorldAnalysis[] = [];
      for (const { name, session } of opened) {
        const analysis = await session.analyze(rules, toolVersion, limited(options, isAsked));
        const files = new Set(session.loaded.manifests.map(({ origin }) => origin.source.path));
        analyses.push({ name, analysis, files });
      }
      return mergeAnalyses(analyses);
    },
  };
}

/** Whether a snapshot is among the paths; in folders they are passed over. */
async function namesSnapshot(request: SessionRequest, cwd: string): Promise<boolean> {
  const { render: _, onProgress: __, ...plain } = request;
  const { isFolder } = request.fs ?? request.memory?.fs ?? nodeFileSystem;
  const paths = request.paths.filter((path) => {
    try {
      return !isFolder(resolve(cwd, path));
    } catch {
      return true;
    }
  });
  return paths.length > 0 && (await load({ ...plain, paths })).snapshots !== undefined;
}

/** Everything in or below the paths, as what a scope leaves out. */
function scopeOf(paths: readonly string[], cwd: string): InputScope {
  const folder = parse(resolve(cwd)).root;
  return { folder, exclude: paths.map((path) => `./${resolve(cwd, path).slice(folder.length)}`) };
}

async function insideOf(paths: readonly string[], cwd: string): Promise<(file: string) => boolean> {
  return (await createScope([scopeOf(paths, cwd)], cwd)).excluded;
}

/** Shows only findings in the files that were asked for: the worlds are loaded as a whole. */
function limited(options: AnalyzeOptions, isAsked: ((file: string) => boolean) | undefined): AnalyzeOptions {
  if (isAsked === undefined) return options;
  const { change } = options;
  return {
    ...options,
    change: {
      touches: (file) => isAsked(file) && change?.touches(file) !== false,
      isNew: async (diagnostic) =>
        change !== undefined && isAsked(diagnostic.location?.file ?? '') && (await change.isNew(diagnostic)),
    },
  };
}
