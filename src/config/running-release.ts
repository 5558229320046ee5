import { minorOf } from '../model/releases.ts';
import type { IdentifiedManifest } from '../validate/identify.ts';

/** Name of istiod's image, in any registry. */
const ISTIOD_IMAGE = /(?:^|\/)pilot:(?<tag>[^@]+)/;

/**
 * The release of istiod that the Deployments of the input run, as `major.minor`, where they agree; of those of one
 * revision, when it is told.
 */
export function runningRelease(
  resources: readonly IdentifiedManifest[],
  revision?: string,
): string | undefined {
  const releases = new Set<string | undefined>();
  for (const resource of resources) {
    if (!isDeployment(resource)) continue;
    const template = resource.body.spec?.template;
    const labels = template?.metadata?.labels;
    if (labels?.app !== 'istiod') continue;
    if (revision !== undefined && (labels['istio.io/rev'] ?? 'default') !== revision) continue;
    for (const { image = '' } of template?.spec?.containers ?? []) {
      const tag = ISTIOD_IMAGE.exec(image)?.groups?.tag;
      if (tag !== undefined) releases.add(minorOf(tag));
    }
  }
  const [release, ...others] = releases;
  return others.length === 0 ? release : undefined;
}

function isDeployment(resource: IdentifiedManifest): resource is IdentifiedManifest<'Deployment'> {
  return resource.kind === 'Deployment';
}
