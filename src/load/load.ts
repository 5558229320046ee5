// From what the user named to manifests: finds the files, reads them one by one, and says what was left out.
import { resolve } from 'node:path';
import { createSource } from '../text/index.ts';
import { decode } from './decode.ts';
import { takeSource } from './documents.ts';
import { unreadablePath, unreadableStdin } from './failures.ts';
import { codeOf, explainFailure, type FileSystem, nodeFileSystem } from './file-system.ts';
import { createExclusion, type PathTest } from './glob.ts';
import { createHarvest, finishHarvest, type Harvest } from './harvest.ts';
import type { InputFailure, Loaded, LoadRequest, SnapshotFile } from './loaded.ts';
import { addOpaque, addSkipped, addUnreadable } from './notes.ts';
import { createDisplay, STDIN_PATH, withoutEndSlash } from './paths.ts';
import { isSnapshot } from './snapshot-mark.ts';
import { surroundingsOnDisk } from './surroundings.ts';
import { findFiles, type InputFile } from './walk.ts';

/** Reads everything that the request names. Never throws on any input: what went wrong is part of the answer. */
export function load(request: LoadRequest): Promise<Loaded> {
  return loadFrom(request, request.fs ?? request.memory?.fs ?? nodeFileSystem);
}

interface Load {
  readonly fs: FileSystem;
  readonly stdin: LoadRequest['stdin'];
  readonly harvest: Harvest;
  readonly failures: InputFailure[];
  readonly snapshots: SnapshotFile[];
}

const PROGRESS_STEP = 100;

/** `load` on any file system. */
export async function loadFrom(request: LoadRequest, fs: FileSystem): Promise<Loaded> {
  const display = createDisplay(resolve(request.cwd ?? process.cwd()));
  const excluded = await createExclusion(request.exclude ?? []);
  const tests = await testsOf(excluded, request.scopes, display.cwd);
  const found = await findFiles(request.paths, fs, display, tests.excluded, tests.wanted);
  const harvest = createHarvest(surroundingsOnDisk(fs, display), request);
  const load: Load = { fs, stdin: request.stdin, harvest, failures: [...found.failures], snapshots: [] };
  for (const { path, why, given } of found.unreadable) refuse(load, path, why, given);
  for (const { path, reason } of found.notes) addSkipped(harvest.notes, { path, text: '' }, reason, 0);

  const total = found.files.length;
  let done = 0;
  for (const file of found.files) {
    if (done % PROGRESS_STEP === 0) request.onProgress?.('reading', done, total);
    const text = file.real === '' ? await readStdin(load) : readFile(load, file);
    if (text !== undefined) await takeSource(harvest, createSource(file.path, text), file.given);
    done++;
  }
  request.onProgress?.('reading', done, total);
  const { snapshots } = load;
  const isPart = found.files.filter(({ given }) => given).length > snapshots.length;
  const beside = snapshots.length === 0 ? {} : { snapshots };
  const { kustomizations, charts } = harvest;
  const renders = kustomizations.length + charts.length > 0;
  if (!renders || request.render === undefined) {
    return { ...finishHarvest(harvest, load.failures, isPart), ...beside };
  }
  const { render } = await import('./render/render.ts');
  const { rendered, failures } = await render(
    harvest,
    fs.onDisk === undefined ? display : createDisplay(fs.onDisk(display.cwd)),
    found.files.map((file) => ({ ...file, real: fs.onDisk?.(file.real) ?? file.real })),
    tests.wanted === undefined ? request.render : { ...request.render, wants: tests.wanted },
    request.onProgress,
    // Tools see the file system as it is, and no other one but a copy of it.
    fs === nodeFileSystem || fs === request.memory?.fs || fs.onDisk !== undefined,
  );
  return { ...finishHarvest(harvest, [...load.failures, ...failures], isPart), rendered, ...beside };
}

/** What is left out, and which files of a folder are wanted. */
async function testsOf(
  excluded: PathTest,
  scopes: LoadRequest['scopes'],
  cwd: string,
): Promise<{ excluded: PathTest; wanted?: PathTest }> {
  if (scopes === undefined) return { excluded };
  const scope = await (await import('./scope.ts')).createScope(scopes, cwd);
  return { excluded: (path) => excluded(path) || scope.excluded(path), wanted: scope.wanted };
}

/** Text of a file; undefined, and said so, when there is none. */
function readFile(load: Load, file: InputFile): string | undefined {
  let bytes: Buffer;
  try {
    bytes = load.fs.read(file.real);
  } catch (error) {
    if (codeOf(error) === 'ERR_FS_FILE_TOO_LARGE') return refuseContent(load, file, 'too-large');
    refuse(load, file.path, explainFailure(error), file.given);
    return undefined;
  }
  if (isSnapshot(bytes)) {
    if (file.given) load.snapshots.push({ path: file.path, bytes });
    else addSkipped(load.harvest.notes, { path: file.path, text: '' }, 'snapshot', 0);
    return undefined;
  }
  load.harvest.stats.files++;
  load.harvest.stats.bytes += bytes.length;
  const decoded = decode(bytes);
  return 'text' in decoded ? decoded.text : refuseContent(load, file, decoded.refused);
}

function refuse(load: Load, path: string, why: string, given: boolean): void {
  if (given) {
    load.failures.push(unreadablePath(withoutEndSlash(path), why));
    addOpaque(load.harvest.notes, path, 'unreadable');
  } else addUnreadable(load.harvest.notes, path, why);
}

const refusals = {
  binary: 'it is not a text file',
  encoding: 'its text is neither UTF-8 nor UTF-16',
  'too-large': 'it is larger than 512 MB',
} as const;

function refuseContent(load: Load, { path, given }: InputFile, refused: keyof typeof refusals): undefined {
  if (given || refused === 'encoding') refuse(load, path, refusals[refused], given);
  else {
    addSkipped(load.harvest.notes, { path, text: '' }, refused, 0);
    addOpaque(load.harvest.notes, path, 'unreadable');
  }
}

async function readStdin(load: Load): Promise<string | undefined> {
  const { stdin } = load;
  if (stdin === undefined) {
    load.failures.push(unreadableStdin('there is none here'));
    return undefined;
  }
  try {
    const input = await stdin();
    const bytes =
      typeof input === 'string'
        ? Buffer.from(input)
        : Buffer.from(input.buffer, input.byteOffset, input.length);
    if (isSnapshot(bytes)) {
      load.snapshots.push({ path: STDIN_PATH, bytes });
      return undefined;
    }
    load.harvest.stats.files++;
    load.harvest.stats.bytes += bytes.length;
    const decoded = decode(bytes);
    if ('text' in decoded) return decoded.text;
    load.failures.push(unreadableStdin(refusals[decoded.refused]));
  } catch (error) {
    load.failures.push(unreadableStdin(explainFailure(error)));
  }
  return undefined;
}
