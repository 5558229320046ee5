// From a place in what kustomize or helm printed to the place where somebody wrote it, as far as that is known.
import { type Locator, type Path, type Rendering, readDocuments, type Source } from '../text/index.ts';
import type { Manifest } from '../text/manifest.ts';
import type { ProblemPlace } from '../text/problem.ts';
import { alignLine } from './align-lines.ts';
import type { Location } from './diagnostic.ts';

export interface WrittenPlace {
  readonly location: Location;
  /** The text that the place is in. */
  readonly source: Source;
}

/** A place in a rendered text. */
interface Spot {
  readonly start: number;
  readonly end: number;
  /** Whether what it is about is there, and nothing else stands for it. */
  readonly exact: boolean;
}

/**
 * Looks where the same field has the same value: in the manifest that was listed, in the patches to it, then for the
 * very line in texts that are no manifests. A field that is found nowhere is shown where its manifest was written.
 */
export async function locateWritten(
  locator: Locator,
  { source, field, span }: ProblemPlace,
  rendering: Rendering,
): Promise<WrittenPlace> {
  const document = field?.start ?? startOfDocument(source.text, span?.start ?? 0);
  const { manifests, texts } = await rendering.madeOf(document);
  const [listed] = manifests;
  const { path, part } = field ?? { path: [], part: 'value' };
  const spot: Spot =
    field === undefined
      ? { start: span?.start ?? document, end: span?.end ?? document, exact: span !== undefined }
      : await locator.locate(source, field.start, field.end, path, part);

  async function inManifest({ origin }: Manifest, isSame: boolean): Promise<WrittenPlace> {
    const { source: own, start, end, item = [] } = origin;
    const place = await locator.locate(own, start, end, [...item, ...path], part);
    const { line, column, endLine, endColumn } = place;
    return finish(own, { line, column, endLine, endColumn, exact: isSame && place.exact });
  }
  function inText(text: Source, { start, end, exact }: Spot): WrittenPlace {
    const { line, column } = locator.lineColumn(text, start);
    const { line: endLine, column: endColumn } = locator.lineColumn(text, end);
    return finish(text, { line, column, endLine, endColumn, exact });
  }
  function finish(text: Source, place: Omit<Location, 'file' | 'renderedFrom'>): WrittenPlace {
    const renderedFrom = rendering.folder === '' ? '.' : rendering.folder;
    return { location: { file: text.path, ...place, renderedFrom }, source: text };
  }

  if (field !== undefined && spot.exact) {
    const value = valueAt(await readValue(source, field.start, field.end), path);
    const same = manifests.find((manifest) => isEqual(valueAt(manifest.value, path), value));
    if (same !== undefined) return inManifest(same, true);
  } else if (listed !== undefined) return inManifest(listed, false);

  const line = lineAround(source.text, spot.start);
  for (const text of texts) {
    const start = onlyLine(text.text, (other) => other === line.text);
    if (start === undefined) continue;
    const offset = Math.max(0, spot.start - line.start);
    const end = Math.min(line.text.length, Math.max(offset, spot.end - line.start));
    return inText(text, { start: start + offset, end: start + end, exact: spot.exact });
  }
  if (listed !== undefined) return inManifest(listed, false);
  const [text = rendering.root] = texts;
  // What a template fills in stands nowhere; the lines around it tell which one it is.
  const end = source.text.indexOf('\n---\n', document);
  const output = source.text.slice(document, end < 0 ? source.text.length : end).split('\n');
  const at = source.text.slice(document, line.start).split('\n').length - 1;
  const aligned = alignLine(output, text.text.split('\n'), at);
  if (aligned !== undefined) {
    const { start, text: content } = lineAround(text.text, startOfLine(text.text, aligned));
    return inText(text, { start, end: start + content.length, exact: false });
  }
  return inText(text, { start: 0, end: 0, exact: false });
}

function startOfDocument(text: string, offset: number): number {
  const marker = text.lastIndexOf('\n---\n', offset);
  return marker < 0 ? (text.startsWith('---\n') ? '---\n'.length : 0) : marker + '\n---\n'.length;
}

/** The content of the line around an offset, without indentation and the mark of a list item; and where that starts. */
function lineAround(text: string, offset: number): { readonly text: string; readonly start: number } {
  const from = text.lastIndexOf('\n', offset - 1) + 1;
  const to = text.indexOf('\n', from);
  const line = text.slice(from, to < 0 ? text.length : to);
  const indentation = /^[\s-]*(?<=^|\s)/.exec(line)?.[0].length ?? 0;
  return { text: line.slice(indentation).trimEnd(), start: from + indentation };
}

/** Where the content of the one line that fits starts; undefined when none fits or several do. */
function onlyLine(text: string, fits: (content: string) => boolean): number | undefined {
  let found: number | undefined;
  for (let at = 0; at < text.length; ) {
    const line = lineAround(text, at);
    if (line.text !== '' && fits(line.text)) {
      if (found !== undefined) return undefined;
      found = line.start;
    }
    const next = text.indexOf('\n', at);
    at = next < 0 ? text.length : next + 1;
  }
  return found;
}

/** Offset of a line, counted from 0. */
function startOfLine(text: string, line: number): number {
  let at = 0;
  for (let i = 0; i < line; i++) at = text.indexOf('\n', at) + 1;
  return at;
}

async function readValue(source: Source, start: number, end: number): Promise<unknown> {
  const [document] = await readDocuments({ path: source.path, text: source.text.slice(start, end) });
  return document?.value;
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const segment of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = Object.entries(at).find(([key]) => key === String(segment))?.[1];
  }
  return at;
}

/** Whether two values of manifests are the same, whatever the order of their keys. */
function isEqual(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return a === b && a !== undefined;
  }
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  return (
    Array.isArray(a) === Array.isArray(b) &&
    keys.length === others.length &&
    keys.every((key) => isEqual(valueAt(a, [key]), valueAt(b, [key])))
  );
}
