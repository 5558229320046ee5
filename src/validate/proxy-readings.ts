import { PROXY_CONFIG_ANNOTATION, type ProxyReading } from '../model/proxy-reading.ts';
import { createSource, readDocuments, type Source } from '../text/index.ts';
import { createConformer, type ShapeProblem, typed } from './conform.ts';
import type { IdentifiedManifest } from './identify.ts';
import { loadShapes } from './shapes.ts';

/** Reads the annotations `proxy.istio.io/config` of all manifests and templates, by their text. */
export async function readProxyAnnotations(
  manifests: readonly IdentifiedManifest[],
): Promise<ReadonlyMap<string, ProxyReading>> {
  const texts = new Set<string>();
  let last: Source | undefined;
  let mentions = false;
  for (const { body, origin } of manifests) {
    // Manifests of one file come one after the other.
    const { source } = origin;
    if (source !== last)
      mentions = source.live !== undefined || source.text.includes(PROXY_CONFIG_ANNOTATION);
    last = source;
    if (mentions) collect(body, texts);
  }
  const readings = new Map<string, ProxyReading>();
  if (texts.size === 0) return readings;
  const conform = createConformer(await loadShapes(['MeshConfig']));
  for (const text of texts) readings.set(text, await read(text, conform));
  return readings;
}

function collect(value: unknown, into: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    if (key === PROXY_CONFIG_ANNOTATION && typeof item === 'string') into.add(item);
    else collect(item, into);
  }
}

/** As the injector does: YAML to JSON, JSON to the message (`ApplyYAML` in pkg/util/protomarshal). */
async function read(text: string, conform: ReturnType<typeof createConformer>): Promise<ProxyReading> {
  const [document, ...others] = await readDocuments(createSource(PROXY_CONFIG_ANNOTATION, text));
  if (document?.error !== undefined) return { settings: {}, problem: 'it is no YAML' };
  if (others.length > 0) return { settings: {}, problem: 'it holds more than one document' };
  const value = document?.value ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) return { settings: {}, problem: 'it is no mapping' };
  const whole: Record<string, unknown> = { metadata: {}, defaultConfig: value };
  const [misfit] = conform('MeshConfig', whole).filter((one) => !isSpelledNumber(one));
  const settings = typed('MeshConfig', whole).defaultConfig ?? {};
  return misfit === undefined ? { settings } : { settings, problem: describe(misfit) };
}

/** Numbers may be written as texts. */
function isSpelledNumber({ expected, found }: ShapeProblem): boolean {
  return expected === 'integer' && found === 'string';
}

const words: Readonly<Record<string, string>> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'a boolean',
  list: 'a list',
  object: 'a mapping',
  map: 'a mapping',
};

function describe({ path, expected, found }: ShapeProblem): string {
  const field = path.slice(1).join('.');
  const quote =
    expected === 'string' && (found === 'number' || found === 'boolean') ? '; put it in quotes' : '';
  return `\`${field}\` has to be ${words[expected] ?? expected}, not ${words[found] ?? found}${quote}`;
}
