// What a document is, seen from its shape and from the name of its file.
import type { SkipReason } from './loaded.ts';
import { baseName } from './paths.ts';

export type Mapping = Record<string, unknown>;

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** A manifest names its kind and the API that this kind belongs to. */
export function isManifest(value: unknown): value is Mapping & { apiVersion: string; kind: string } {
  return isMapping(value) && isText(value.apiVersion) && isText(value.kind);
}

/** The items of a list of manifests: `kind: List`, or what the API server answers (`kind: PodList`). */
export function itemsOf(manifest: Mapping & { kind: string }): readonly unknown[] | undefined {
  const { kind, items, metadata } = manifest;
  if (kind === 'List') return Array.isArray(items) ? items : [];
  if (!kind.endsWith('List') || !Array.isArray(items)) return undefined;
  // A resource that happens to be called so has a name of its own; a list never has.
  return isMapping(metadata) && isText(metadata.name) ? undefined : items;
}

const KUSTOMIZATION_NAMES: ReadonlySet<string> = new Set([
  'kustomization.yaml',
  'kustomization.yml',
  'Kustomization',
]);

export function isKustomizationName(path: string): boolean {
  return KUSTOMIZATION_NAMES.has(baseName(path));
}

/** Whether a file describes a Helm chart, rather than its dependencies. */
export function isChartName(path: string): boolean {
  return baseName(path) === 'Chart.yaml';
}

/** Whether a document is a kustomization; other kinds of that name (Flux has one) are resources. */
export function isKustomization(value: Mapping, path: string): boolean {
  if (isText(value.apiVersion)) return value.apiVersion.startsWith('kustomize.config.k8s.io/');
  return isKustomizationName(path);
}

/** Why a document is not analyzed that is no manifest. */
export function classify(value: unknown, path: string): SkipReason {
  if (Array.isArray(value)) return isJsonPatch(value) ? 'patch' : 'not-a-manifest';
  if (!isMapping(value)) return 'not-a-manifest';
  const byName = classifyName(path);
  if (byName !== undefined) return byName;
  if (value.apiVersion === undefined && isCompose(value)) return 'compose';
  if (CI_KEYS.some((key) => key in value) && value.apiVersion === undefined) return 'ci';
  if (isText(value.apiVersion)) return 'no-kind';
  return isText(value.kind) ? 'no-api-version' : 'not-a-manifest';
}

function isCompose({ services }: Mapping): boolean {
  return (
    isMapping(services) &&
    Object.values(services).some(
      (service) => isMapping(service) && ('image' in service || 'build' in service),
    )
  );
}

/** A patch as RFC 6902 has it. */
function isJsonPatch(value: readonly unknown[]): boolean {
  return (
    value.length > 0 &&
    value.every((step) => isMapping(step) && isText(step.op) && typeof step.path === 'string')
  );
}

// `on` is read as the boolean that YAML 1.1 takes it for.
const CI_KEYS = ['jobs', 'on', 'true', 'pipeline', 'pipelines', 'stages', 'steps', 'workflows'];

const CI_NAMES = new Set([
  '.gitlab-ci',
  '.travis',
  '.drone',
  'azure-pipelines',
  'bitbucket-pipelines',
  'buildspec',
  'cloudbuild',
  'appveyor',
]);

function classifyName(path: string): SkipReason | undefined {
  const name = baseName(path);
  const stem = name.replace(/\.(?:ya?ml|json|lock)$/i, '');
  if (/^(?:.*[-_.])?values(?:[-_.].*)?$/i.test(stem)) return 'helm-values';
  if (stem === 'Chart' || stem === 'requirements') return 'helm-chart';
  if (/^(?:docker-)?compose(?:[-_.].*)?$/.test(stem)) return 'compose';
  if (CI_NAMES.has(stem) || /(?:^|\/)\.(?:github|circleci|gitlab)\//.test(path)) return 'ci';
  return undefined;
}
