// Where a rendered manifest was written: the same one among the manifests of the file that it came from.
import { createSource } from '../../text/index.ts';
import type { Manifest } from '../../text/manifest.ts';
import { isMapping, isText } from '../classify.ts';
import { decode } from '../decode.ts';
import { takeSource } from '../documents.ts';
import { nodeFileSystem } from '../file-system.ts';
import { createHarvest } from '../harvest.ts';
import type { Surroundings } from '../surroundings.ts';

/** The manifests of files that went into renderings, by displayed path. */
export type Written = Map<string, readonly Manifest[]>;

/** The manifests of a file; those that nobody read before (it stands outside of the given paths) are read now. */
export async function manifestsIn(
  written: Written,
  path: string,
  real: string,
  surroundings: Surroundings,
): Promise<readonly Manifest[]> {
  const known = written.get(path);
  if (known !== undefined) return known;
  const harvest = createHarvest(surroundings, {});
  const text = readText(real);
  if (text !== undefined) await takeSource(harvest, createSource(path, text), false);
  written.set(path, harvest.manifests);
  return harvest.manifests;
}

/** The text of a file, if it has one. */
export function readText(real: string): string | undefined {
  try {
    const decoded = decode(nodeFileSystem.read(real));
    return 'text' in decoded ? decoded.text : undefined;
  } catch {
    return undefined;
  }
}

/** The one among `candidates` that became `rendered`: of its kind, and of its name but for prefix and suffix. */
export function sameManifest(
  candidates: readonly Manifest[],
  rendered: Manifest['value'],
): Manifest | undefined {
  const ofKind = candidates.filter(({ value }) => value.kind === rendered.kind);
  const name = nameOf(rendered);
  const named = ofKind.filter(({ value }) => nameOf(value) === name);
  if (named.length > 0) {
    return named.find(({ value }) => namespaceOf(value) === namespaceOf(rendered)) ?? named[0];
  }
  const renamed = ofKind.filter(({ value }) => nameOf(value) !== '' && name.includes(nameOf(value)));
  return renamed.sort((a, b) => nameOf(b.value).length - nameOf(a.value).length)[0];
}

function nameOf(value: Manifest['value']): string {
  const { metadata } = value;
  return isMapping(metadata) && isText(metadata.name) ? metadata.name : '';
}

function namespaceOf({ metadata }: Manifest['value']): unknown {
  return isMapping(metadata) ? metadata.namespace : undefined;
}
