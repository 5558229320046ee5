import { ConfigError } from '../config/config-error.ts';
import type { World } from '../graph/evidence.ts';
import { placeFiles, sharesPlace } from '../graph/placement.ts';
import { type Loaded, type LoadRequest, load } from '../load/index.ts';
import { checkDefined, type DefinedCheck } from '../validate/crds/check-defined.ts';
import { isDefinition } from '../validate/crds/definitions.ts';

/**
 * Checks manifests against the CustomResourceDefinitions among them and under `paths`. Throws ConfigError for a path that
 * cannot be read or holds no definition; what does not parse there leaves the analysis incomplete, as in the input.
 */
export async function checkAgainst(
  { manifests, layout }: Loaded,
  paths: readonly string[],
  world: World,
  where: Pick<LoadRequest, 'cwd' | 'fs'>,
): Promise<DefinedCheck> {
  const placements = placeFiles(layout);
  // Elsewhere in a repository definitions are of other times and other clusters (world rule 7).
  const together = (definition: string, manifest: string): boolean =>
    world === 'closed' || world === 'live' || sharesPlace(placements, definition, manifest);
  if (paths.length === 0) return checkDefined(manifests, [], together);
  const given: Loaded['manifests'][number][] = [];
  const problems = [];
  for (const path of paths) {
    const loaded = await load({ paths: [path], ...where });
    const [failure] = loaded.failures;
    if (failure !== undefined) {
      throw new ConfigError(`--crds ${failure.path} cannot be read: ${failure.why}.`, failure.help);
    }
    const unparsable = loaded.problems.filter(({ rule }) => rule === 'input/unparsable-input');
    const found = loaded.manifests.filter(({ value }) => isDefinition(value));
    if (found.length === 0 && unparsable.length === 0) {
      throw new ConfigError(
        `--crds ${path} holds no CustomResourceDefinition.`,
        'Give the file or folder that they are in, such as the output of kubectl get crds -o yaml.',
      );
    }
    given.push(...found);
    problems.push(...unparsable);
  }
  const checked = await checkDefined(manifests, given, together);
  return { ...checked, problems: [...problems, ...checked.problems] };
}
