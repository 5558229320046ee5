// From the text of one file to its manifests, and to what is known of the rest.
import type { Source, TextDocument } from '../text/index.ts';
import type { Origin } from '../text/manifest.ts';
import {
  classify,
  isChartName,
  isKustomization,
  isKustomizationName,
  isManifest,
  isMapping,
  itemsOf,
  type Mapping,
} from './classify.ts';
import type { Harvest } from './harvest.ts';
import { readKustomization } from './kustomization.ts';
import { addDuplicateKeys, addOpaque, addSkipped, addSyntaxError } from './notes.ts';
import { hasTemplateMarks, isBrokenByTemplate, isMarked, isOpen } from './template.ts';

/**
 * Reads the documents of one text; `given` tells whether the user named this very text.
 */
export async function takeSource(harvest: Harvest, source: Source, given: boolean): Promise<void> {
  const { notes, stats } = harvest;
  harvest.paths.push(source.path);
  if (source.text.includes('meshlint-disable') || source.text.includes('analyze-suppress')) {
    harvest.commented.push(source);
  }
  const marked = hasTemplateMarks(source.text);
  if (marked && source.text.includes('{{') && harvest.surroundings.isInChartTemplates(source.path)) {
    addSkipped(notes, source, 'template', 1);
    addOpaque(notes, source.path, 'template');
    return;
  }
  let isEmpty = true;
  for (const document of await harvest.readDocuments(source)) {
    if (document.slow !== undefined) stats.slowDocuments++;
    if (document.error !== undefined) takeBroken(harvest, source, document, given);
    else if (document.value === undefined || document.value === null) continue;
    else takeValue(harvest, source, document, marked);
    isEmpty = false;
    stats.documents++;
  }
  if (!isEmpty) return;
  if (isKustomizationName(source.path)) takeKustomization(harvest, source, {});
  else addSkipped(notes, source, 'empty', 0);
}

/** Reads what a tool printed; a kustomization in it is a resource like any other. */
export async function takeRendered(harvest: Harvest, source: Source): Promise<void> {
  const marked = hasTemplateMarks(source.text);
  for (const document of await harvest.readDocuments(source)) {
    const { value, start, end } = document;
    if (document.error !== undefined) takeBroken(harvest, source, document, true);
    else if (value === undefined || value === null) continue;
    else takeManifest(harvest, value, { source, start, end }, marked);
    harvest.stats.documents++;
  }
}

function takeBroken(
  { notes, ignoreUnknown }: Harvest,
  source: Source,
  document: TextDocument,
  given: boolean,
): void {
  if (!given && isForeignJson(source)) {
    addSkipped(notes, source, 'not-a-manifest', 1, document);
    return;
  }
  const isTemplate = isBrokenByTemplate(source.text, document.start, document.end);
  const reason = isTemplate ? 'template' : 'unparsable';
  if (!isTemplate && !ignoreUnknown) addSyntaxError(notes, source, document);
  addSkipped(notes, source, reason, 1, document);
  addOpaque(notes, source.path, reason);
}

/** Data of some program, like one JSON text a line: no manifest, however it would have to be read. */
function isForeignJson({ path, text }: Source): boolean {
  return /\.json$/i.test(path) && !text.includes('apiVersion');
}

function takeValue(harvest: Harvest, source: Source, document: TextDocument, marked: boolean): void {
  const { value, start, end } = document;
  let used = true;
  if (isMapping(value) && isKustomization(value, source.path)) {
    takeKustomization(harvest, source, value, document);
  } else used = takeManifest(harvest, value, { source, start, end }, marked);
  if (used && document.duplicateKeys !== undefined) addDuplicateKeys(harvest.notes, source, document);
}

function takeKustomization(harvest: Harvest, source: Source, value: Mapping, document?: TextDocument): void {
  const { notes } = harvest;
  const reading = readKustomization(value, source.path, harvest.surroundings);
  harvest.kustomizations.push({ ...reading, source });
  for (const input of reading.inputs) harvest.inputs.add(input);
  addSkipped(notes, source, 'kustomization', 1, document);
  if (reading.remotes.length > 0) addOpaque(notes, source.path, 'unreadable');
  if (isMarked(value.namespace)) addOpaque(notes, source.path, 'template');
}

/** Takes a manifest, or the items of a list of them; false for anything else. */
function takeManifest(harvest: Harvest, value: unknown, origin: Origin, marked: boolean): boolean {
  const { notes, manifests } = harvest;
  const { source } = origin;
  if (!isManifest(value)) {
    const reason = classify(value, source.path);
    if (reason === 'helm-chart' && isChartName(source.path)) harvest.charts.push(source);
    addSkipped(notes, source, reason, 1, origin);
    return false;
  }
  if (marked && isOpen(value)) {
    addSkipped(notes, source, 'template', 1, origin);
    addOpaque(notes, source.path, 'template');
    return false;
  }
  const items = itemsOf(value);
  if (items === undefined) manifests.push({ value, origin });
  else if (items.length === 0) addSkipped(notes, source, 'empty', 1, origin);
  else takeItems(harvest, value, items, origin, marked);
  return true;
}

function takeItems(
  harvest: Harvest,
  list: Mapping & { apiVersion: string; kind: string },
  items: readonly unknown[],
  origin: Origin,
  marked: boolean,
): void {
  const { source, start, end, item: outer = [] } = origin;
  const kind = list.kind.slice(0, -'List'.length);
  for (const [index, item] of items.entries()) {
    // The API server leaves out of the items what their list says already.
    if (kind !== '' && isMapping(item) && item.kind === undefined && item.apiVersion === undefined) {
      item.kind = kind;
      item.apiVersion = list.apiVersion;
    }
    takeManifest(harvest, item, { source, start, end, item: [...outer, 'items', index] }, marked);
  }
}
