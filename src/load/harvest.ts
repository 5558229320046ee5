// What the files read so far have given, and what it amounts to in the end.
import { readDocuments, type Source, type TextDocument } from '../text/index.ts';
import type { Manifest } from '../text/manifest.ts';
import type { KustomizationFile } from './kustomization.ts';
import type { InputFailure, Loaded } from './loaded.ts';
import type { Memory } from './memory.ts';
import {
  addSkipped,
  createNotes,
  listSkipped,
  type Notes,
  retallyAsPatch,
  skippedProblems,
} from './notes.ts';
import type { Surroundings } from './surroundings.ts';

export interface Harvest {
  readonly surroundings: Surroundings;
  readonly ignoreUnknown: boolean;
  readonly readDocuments: (source: Source) => Promise<readonly TextDocument[]>;
  readonly notes: Notes;
  readonly manifests: Manifest[];
  readonly kustomizations: KustomizationFile[];
  /** Descriptions of Helm charts. */
  readonly charts: Source[];
  /** The files that were read. */
  readonly paths: string[];
  /** Texts with a word that silences findings. */
  readonly commented: Source[];
  /** Files that a kustomization uses for something else than resources. */
  readonly inputs: Set<string>;
  readonly stats: { files: number; documents: number; bytes: number; slowDocuments: number };
}

export interface ReadingRequest {
  readonly ignoreUnknown?: boolean;
  readonly forceSlow?: boolean;
  readonly memory?: Memory;
}

export function createHarvest(surroundings: Surroundings, request: ReadingRequest): Harvest {
  const read = request.memory?.readDocuments ?? readDocuments;
  const options = request.forceSlow === true ? ({ force: 'slow' } as const) : {};
  return {
    surroundings,
    ignoreUnknown: request.ignoreUnknown === true,
    readDocuments: (source) => read(source, options),
    notes: createNotes(),
    manifests: [],
    kustomizations: [],
    charts: [],
    paths: [],
    commented: [],
    inputs: new Set(),
    stats: { files: 0, documents: 0, bytes: 0, slowDocuments: 0 },
  };
}

export function finishHarvest(harvest: Harvest, failures: readonly InputFailure[], isPart = false): Loaded {
  const { notes, stats, inputs } = harvest;
  const kustomizations = harvest.kustomizations.map(({ kustomization }) => kustomization);
  for (const { lists } of kustomizations) for (const path of lists) inputs.delete(path);
  const manifests = inputs.size === 0 ? harvest.manifests : withoutInputs(harvest);
  return {
    manifests,
    paths: harvest.paths,
    commented: harvest.commented,
    isPart,
    layout: { kustomizations, opaque: notes.opaque },
    problems: [...notes.problems, ...skippedProblems(notes, harvest.ignoreUnknown)],
    failures,
    skipped: listSkipped(notes),
    stats: { ...stats, manifests: manifests.length },
  };
}

/** Only now every kustomization is known: what they use as patches is no resource, however complete it looks. */
function withoutInputs({ inputs, manifests, notes }: Harvest): Manifest[] {
  for (const path of inputs) retallyAsPatch(notes, path);
  return manifests.filter(({ origin }) => {
    const isInput = inputs.has(origin.source.path);
    if (isInput) addSkipped(notes, origin.source, 'patch', 1, origin);
    return !isInput;
  });
}
