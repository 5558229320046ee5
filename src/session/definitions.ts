import { ConfigError } from '../config/config-error.ts';
import { type Loaded, load } from '../load/index.ts';
import { checkDefined, type DefinedCheck } from '../validate/crds/check-defined.ts';
import { isDefinition } from '../validate/crds/definitions.ts';

/**
 * Checks manifests against the CustomResourceDefinitions among them and under `paths`. Throws ConfigError for a path that
 * cannot be read or holds no definition; what does not parse there leaves the analysis incomplete, as in the input.
 */
export async function checkAgainst(
  manifests: Loaded['manifests'],
  paths: readonly string[],
  cwd?: string,
): Promise<DefinedCheck> {
  if (paths.length === 0) return checkDefined(manifests, []);
  const given: Loaded['manifests'][number][] = [];
  const problems = [];
  for (const path of paths) {
    const loaded = await load({ paths: [path], ...(cwd === undefined ? {} : { cwd }) });
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
  const checked = await checkDefined(manifests, given);
  return { ...checked, problems: [...problems, ...checked.problems] };
}
