// Takes out of what was read from a cluster what nobody needs to reproduce a report, and what may tell too much.
import { isIstioAnnotation } from '../../model/annotations.ts';
import type { LiveState } from '../../model/live.ts';
import { createSource, readDocuments } from '../../text/index.ts';
import { isMapping, type Mapping } from '../classify.ts';

/** Masks what it is handed: the same value in the same way everywhere. Names stay as they are. */
export interface Redactor {
  /** A state without the address of its server, and without the names of users in what the server said. */
  about(state: Omit<LiveState, 'objects'>): Omit<LiveState, 'objects'>;
  /** An object without annotations that only others read, and without values of environment variables. */
  object(value: Mapping): Promise<Mapping>;
}

type Mask = (value: string) => string;

export function createRedactor(): Redactor {
  const masked = new Map<string, string>();
  /** Numbers say nothing of what they stand for, as a hash of a short value would. */
  const mask: Mask = (value) => {
    const stand = masked.get(value) ?? `redacted-${masked.size + 1}`;
    masked.set(value, stand);
    return stand;
  };
  return {
    about(state) {
      const host = URL.canParse(state.server) ? new URL(state.server).hostname : state.server;
      const words = (text: string): string => {
        const unnamed = text.replace(/\buser "[^"]*"/gi, 'a user');
        return host === '' ? unnamed : unnamed.replaceAll(host, 'the server');
      };
      return {
        ...state,
        server: '',
        outcomes: state.outcomes.map((outcome) =>
          outcome.detail === undefined ? outcome : { ...outcome, detail: words(outcome.detail) },
        ),
        warnings: state.warnings.map(words),
      };
    },
    async object(value) {
      const rest = await redactMapping(value, mask);
      return value.kind === 'ConfigMap' && isMapping(rest.data)
        ? { ...rest, data: await redactData(rest.data, mask) }
        : rest;
    },
  };
}

async function redactValue(value: unknown, mask: Mask): Promise<unknown> {
  if (isMapping(value)) return redactMapping(value, mask);
  return Array.isArray(value) ? Promise.all(value.map((item) => redactValue(item, mask))) : value;
}

async function redactMapping(mapping: Mapping, mask: Mask): Promise<Mapping> {
  const entries: [string, unknown][] = [];
  for (const [key, value] of Object.entries(mapping)) {
    if (key === 'annotations') entries.push([key, await redactAnnotations(value, mask)]);
    else if (key === 'env' || key === 'proxyMetadata') entries.push([key, redactVariables(value, mask)]);
    else entries.push([key, await redactValue(value, mask)]);
  }
  return Object.fromEntries(entries);
}

/** YAML of Istio in an annotation, which has variables in it. */
const PROXY_CONFIG = 'proxy.istio.io/config';
/** Annotations of others that rules read. */
const keptAnnotations: ReadonlySet<string> = new Set([
  'gateway.networking.k8s.io/bundle-version',
  'prometheus.io/port',
  'prometheus.io/scrape',
]);

async function redactAnnotations(annotations: unknown, mask: Mask): Promise<unknown> {
  if (!isMapping(annotations)) return annotations;
  const entries: [string, unknown][] = [];
  for (const [name, value] of Object.entries(annotations)) {
    const isKept = keptAnnotations.has(name) || isIstioAnnotation(name);
    if (name === PROXY_CONFIG) entries.push([name, await redactYaml(value, mask)]);
    else entries.push([name, isKept || typeof value !== 'string' ? value : mask(value)]);
  }
  return Object.fromEntries(entries);
}

/** Switches of istiod, and values that tell nothing. */
const harmlessVariable = /^PILOT_/;
const harmlessValue = /^(?:true|false)?$/i;

/** Variables as containers have them, or as a mapping of names to values. */
function redactVariables(variables: unknown, mask: Mask): unknown {
  const masked = (name: unknown, value: unknown): unknown =>
    typeof value !== 'string' || harmlessValue.test(value) || harmlessVariable.test(String(name))
      ? value
      : mask(value);
  if (isMapping(variables)) {
    return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, masked(name, value)]));
  }
  if (!Array.isArray(variables)) return variables;
  return variables.map((one: unknown) =>
    isMapping(one) && 'value' in one ? { ...one, value: masked(one.name, one.value) } : one,
  );
}

/** Keys of ConfigMaps under which Istio keeps its settings in YAML. */
const settingsOfIstio: ReadonlySet<string> = new Set(['mesh', 'meshNetworks', 'values']);
/** Under which the sidecar injector has its templates. */
const TEMPLATES = 'config';

/** Only the settings of Istio are of use; of the injector's templates, only its policy. */
async function redactData(data: Mapping, mask: Mask): Promise<Mapping> {
  const entries: [string, unknown][] = [];
  for (const [key, value] of Object.entries(data)) {
    if (settingsOfIstio.has(key)) entries.push([key, await redactYaml(value, mask)]);
    else if (key === TEMPLATES) entries.push([key, /^policy:.*$/m.exec(String(value))?.[0] ?? '']);
    else entries.push([key, typeof value === 'string' ? mask(value) : value]);
  }
  return Object.fromEntries(entries);
}

/** YAML in a text; what is no mapping is masked as a whole. */
async function redactYaml(text: unknown, mask: Mask): Promise<unknown> {
  if (typeof text !== 'string') return text;
  const [document, another] = await readDocuments(createSource('', text));
  if (!isMapping(document?.value) || another !== undefined) return mask(text);
  // JSON is YAML too, and has no comments that could tell something.
  return JSON.stringify(await redactMapping(document.value, mask));
}
