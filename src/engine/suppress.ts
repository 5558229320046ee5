import type { Resource } from '../graph/resource.ts';
import { kinds } from '../model/kinds.gen.ts';

/** `-S CODE=Kind ns/name`, as istioctl has it: globs on the resource; `CODE` alone covers everything. */
export interface Suppression {
  readonly code: string;
  /** Glob on `Kind ns/name` (`Kind name` for cluster-scoped resources); undefined covers all. */
  readonly resource?: string;
  /** As written, for the report. */
  readonly text: string;
}

const ANNOTATION = 'galley.istio.io/analyze-suppress';

/** Reads one `-S` value; both `Kind ns/name` and the older `Kind name.ns` are understood. */
export function parseSuppression(text: string): Suppression | undefined {
  const equals = text.indexOf('=');
  const code = (equals < 0 ? text : text.slice(0, equals)).trim();
  if (!/^(?:[A-Z]{2,}[0-9]{4}|\*)$/.test(code)) return undefined;
  return equals < 0 ? { code, text } : { code, resource: text.slice(equals + 1).trim(), text };
}

/** Why a finding is silenced, by the resource's own annotation or by a `-S`; undefined when it is not. */
export async function createSuppressor(
  suppressions: readonly Suppression[],
): Promise<(code: string, resource: Resource) => { by: 'annotation' | 'flag'; reason: string } | undefined> {
  // Loaded only for those who suppress by glob: the common start stays short.
  const match = suppressions.length > 0 ? (await import('minimatch')).minimatch : undefined;

  function names(glob: string, kind: string, namespace: string, name: string): boolean {
    const spellings =
      namespace === ''
        ? [`${kind} ${name}`]
        : [`${kind} ${namespace}/${name}`, `${kind} ${name}.${namespace}`];
    // A `/` is no path here: `*` also stands for it, as in istioctl.
    const flat = glob.replaceAll('/', '|');
    return spellings.some((spelling) => match?.(spelling.replaceAll('/', '|'), flat, { dot: true }) === true);
  }

  return (code, resource) => {
    const { kind } = kinds[resource.kind];
    const annotation = resource.metadata.annotations?.[ANNOTATION];
    if (annotation !== undefined) {
      const codes = annotation.split(',').map((entry) => entry.trim());
      if (codes.includes(code) || codes.includes('*'))
        return { by: 'annotation', reason: `${ANNOTATION}: ${annotation}` };
    }
    for (const suppression of suppressions) {
      if (suppression.code !== code && suppression.code !== '*') continue;
      if (
        suppression.resource === undefined ||
        names(suppression.resource, kind, resource.namespace, resource.name)
      ) {
        return { by: 'flag', reason: `-S ${suppression.text}` };
      }
    }
    return undefined;
  };
}
