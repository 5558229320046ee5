// Prints answers about objects of a mesh, as text and as JSON.
import { resourceId } from '../engine/diagnose.ts';
import type { ResourceId } from '../engine/diagnostic.ts';
import type { Explanation, Place, Step } from '../inspect/explanation.ts';
import { fieldPath } from '../model/paths.ts';
import type { Palette } from '../report/palette.ts';
import { oneLine, wrap } from '../report/screen.ts';
import { showPath, showResource } from '../report/words.ts';
import { createLocator, type Locator } from '../text/index.ts';

/** A place as people and programs find it. */
type ShownPlace = {
  readonly resource: ResourceId;
  readonly field?: string;
} & (
  | { readonly file: string; readonly line: number; readonly column: number }
  | { readonly cluster: string; readonly file?: never }
);

interface ShownStep {
  readonly text: string;
  readonly problem: boolean;
  readonly places: readonly ShownPlace[];
}

/** What `--format json` prints, but for its version. */
export interface ShownExplanation {
  readonly title: string;
  readonly verdict: string;
  readonly sections: readonly { readonly title: string; readonly steps: readonly ShownStep[] }[];
}

/** Finds the lines of all that an explanation names. */
export async function showExplanation({ title, verdict, sections }: Explanation): Promise<ShownExplanation> {
  const locator = createLocator();
  const shown: { title: string; steps: ShownStep[] }[] = [];
  for (const section of sections) {
    const steps: ShownStep[] = [];
    for (const step of section.steps) steps.push(await showStep(locator, step));
    shown.push({ title: section.title, steps });
  }
  return { title, verdict, sections: shown };
}

async function showStep(locator: Locator, { text, problem, places }: Step): Promise<ShownStep> {
  const shown: ShownPlace[] = [];
  for (const place of places) shown.push(await showPlace(locator, place));
  return { text, problem: problem === true, places: shown };
}

async function showPlace(locator: Locator, { resource, at }: Place): Promise<ShownPlace> {
  const { source, start, end, item = [] } = resource.origin;
  const field = at === undefined ? undefined : fieldPath(resource.body, at);
  const what = {
    resource: resourceId(resource),
    ...(field === undefined ? {} : { field: showPath(field.path) }),
  };
  if (source.live !== undefined) return { ...what, cluster: source.live.cluster };
  const path = field?.path ?? (resource.metadata.name === undefined ? [] : ['metadata', 'name']);
  const { line, column } = await locator.locate(
    source,
    start,
    end,
    [...item, ...path],
    field?.part ?? 'value',
  );
  return { ...what, file: source.path, line, column };
}

/** The explanation as text, each step with the places that decide it below. */
export function* explanationText(
  { title, verdict, sections }: ShownExplanation,
  paint: Palette,
  width: number,
): Iterable<string> {
  yield `${paint.bold(oneLine(title))}\n`;
  yield `${wrap(oneLine(verdict), width).join('\n')}\n`;
  for (const section of sections) {
    yield `\n${paint.bold(oneLine(section.title))}\n`;
    for (const { text, problem, places } of section.steps) {
      const [first = '', ...more] = wrap(oneLine(text), Math.max(width - 4, 20));
      yield `  ${problem ? paint.red('!') : '-'} ${first}\n`;
      for (const line of more) yield `    ${line}\n`;
      for (const place of places) yield `      ${paint.dim(placeText(place))}\n`;
    }
  }
}

function placeText(place: ShownPlace): string {
  const { resource, field } = place;
  const what = oneLine(`${showResource(resource)}${field === undefined ? '' : `  ${field}`}`);
  if (place.file === undefined) return `${oneLine(`cluster ${place.cluster}`)}: ${what}`;
  return `${oneLine(place.file)}:${place.line}:${place.column}  ${what}`;
}
