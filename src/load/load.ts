// From what the user named to manifests: finds the files, reads them one by one, and says what was left out.
import { resolve } from 'node:path';
import { createSource } from '../text/index.ts';
import type { Manifest } from '../text/manifest.ts';
import { decode } from './decode.ts';
import { type Harvest, takeSource } from './documents.ts';
import { unreadablePath, unreadableStdin } from './failures.ts';
import { codeOf, explainFailure, type FileSystem, nodeFileSystem } from './file-system.ts';
import { createExclusion } from './glob.ts';
import type { InputFailure, Loaded, LoadRequest } from './loaded.ts';
import {
  addOpaque,
  addSkipped,
  addUnreadable,
  createNotes,
  listSkipped,
  retallyAsPatch,
  skippedProblems,
} from './notes.ts';
import { createDisplay } from './paths.ts';
import { createCharts } from './template.ts';
import { findFiles, type InputFile } from './walk.ts';

/** Reads everything that the request names. Never throws on any input: what went wrong is part of the answer. */
export function load(request: LoadRequest): Promise<Loaded> {
  return loadFrom(request, nodeFileSystem);
}

interface Load extends Harvest {
  readonly fs: FileSystem;
  readonly stdin: LoadRequest['stdin'];
  readonly failures: InputFailure[];
}

const PROGRESS_STEP = 100;

/** `load` on any file system. */
export async function loadFrom(request: LoadRequest, fs: FileSystem): Promise<Loaded> {
  const display = createDisplay(resolve(request.cwd ?? process.cwd()));
  const found = await findFiles(request.paths, fs, display, await createExclusion(request.exclude ?? []));
  const load: Load = {
    fs,
    stdin: request.stdin,
    display,
    charts: createCharts(fs, display.cwd),
    ignoreUnknown: request.ignoreUnknown === true,
    readOptions: request.forceSlow === true ? { force: 'slow' } : {},
    notes: createNotes(),
    manifests: [],
    kustomizations: [],
    inputs: new Set(),
    failures: [...found.failures],
    stats: { files: 0, documents: 0, bytes: 0, slowDocuments: 0 },
  };
  for (const { path, why, given } of found.unreadable) refuse(load, path, why, given);
  for (const { path, reason } of found.notes) addSkipped(load.notes, { path, text: '' }, reason, 0);

  const total = found.files.length;
  let done = 0;
  for (const file of found.files) {
    if (done % PROGRESS_STEP === 0) request.onProgress?.(done, total);
    const text = file.real === '' ? await readStdin(load) : readFile(load, file);
    if (text !== undefined) await takeSource(load, createSource(file.path, text));
    done++;
  }
  request.onProgress?.(done, total);
  return finish(load);
}

function finish(load: Load): Loaded {
  const { notes, kustomizations, failures, stats, inputs } = load;
  for (const { lists } of kustomizations) for (const path of lists) inputs.delete(path);
  const manifests = inputs.size === 0 ? load.manifests : withoutInputs(load);
  return {
    manifests,
    layout: { kustomizations, opaque: notes.opaque },
    problems: [...notes.problems, ...skippedProblems(notes, load.ignoreUnknown)],
    failures,
    skipped: listSkipped(notes),
    stats: { ...stats, manifests: manifests.length },
  };
}

/** Only now every kustomization is known: what they use as patches is no resource, however complete it looks. */
function withoutInputs({ inputs, manifests, notes }: Load): Manifest[] {
  for (const path of inputs) retallyAsPatch(notes, path);
  return manifests.filter(({ origin }) => {
    const isInput = inputs.has(origin.source.path);
    if (isInput) addSkipped(notes, origin.source, 'patch', 1, origin);
    return !isInput;
  });
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
  load.stats.files++;
  load.stats.bytes += bytes.length;
  const decoded = decode(bytes);
  return 'text' in decoded ? decoded.text : refuseContent(load, file, decoded.refused);
}

function refuse(load: Load, path: string, why: string, given: boolean): void {
  if (given) {
    load.failures.push(unreadablePath(path, why));
    addOpaque(load.notes, path, 'unreadable');
  } else addUnreadable(load.notes, path, why);
}

const refusals = {
  binary: 'it is not a text file',
  encoding: 'its text is neither UTF-8 nor UTF-16',
  'too-large': 'it is larger than 512 MB',
} as const;

function refuseContent(load: Load, { path, given }: InputFile, refused: keyof typeof refusals): undefined {
  if (given || refused === 'encoding') refuse(load, path, refusals[refused], given);
  else {
    addSkipped(load.notes, { path, text: '' }, refused, 0);
    addOpaque(load.notes, path, 'unreadable');
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
    load.stats.files++;
    load.stats.bytes += bytes.length;
    const decoded = decode(bytes);
    if ('text' in decoded) return decoded.text;
    load.failures.push(unreadableStdin(refusals[decoded.refused]));
  } catch (error) {
    load.failures.push(unreadableStdin(explainFailure(error)));
  }
  return undefined;
}
