import { ConfigError } from '../config/config-error.ts';
import {
  type FieldNode,
  type FieldTree,
  type FoundField,
  fieldsWithin,
  findField,
  type KindNode,
  type MissingField,
  pathsTo,
  readQuestion,
  resolveField,
} from '../model/field-tree.ts';
import { nearestName } from '../model/near.ts';
import { createPalette, type Palette } from '../report/palette.ts';
import { wrap } from '../report/screen.ts';
import { limitsOf, typeOf } from './field-words.ts';
import { readFieldTree } from './pages.ts';

/** Where text goes: its columns (Infinity leaves lines whole), and how it is painted. */
interface Screen {
  readonly width: number;
  readonly paint: Palette;
}

/** A description begins a line of its own where fewer columns than these are left for it. */
const NARROWEST = 36;
/** Other places of a field's name that are suggested. */
const MOST_PLACES = 3;

/**
 * `meshlint explain KIND[.path]`: what a kind is for and the fields it has, or what one field does. A name that several
 * kinds have explains all of them, or those that have the field. Throws a ConfigError when there is no such thing.
 */
export function explainField(
  question: string,
  nearRule: string | undefined,
  width: number,
  color: boolean,
): string {
  const tree = readFieldTree();
  const { kinds, name, steps } = readQuestion(tree, question);
  if (kinds.length === 0) throw noKind(tree, question, name, nearRule);
  const answers = kinds.map((kind) => ({ kind, answer: findField(tree, kind, steps) }));
  const screen = { width, paint: createPalette(color) };
  const texts = answers.flatMap(({ kind, answer }) =>
    'missing' in answer ? [] : [explained(tree, kind, answer, screen)],
  );
  if (texts.length > 0) return texts.join('\n');
  const problems = answers.flatMap(({ kind, answer }) =>
    'missing' in answer ? [noField(tree, kind, answer)] : [],
  );
  const { message, help } = problems.find(({ near }) => near) ??
    problems[0] ?? { message: question, help: '' };
  throw new ConfigError(message, help);
}

function explained(
  tree: FieldTree,
  kind: KindNode,
  { path, node, required }: FoundField,
  screen: Screen,
): string {
  const { paint } = screen;
  const title = path === '' ? kind.kind : `${kind.kind}.${path}`;
  const alike = tree.kinds.filter((other) => other.kind === kind.kind).length > 1;
  const facts =
    path === ''
      ? kindFacts(kind)
      : [
          ...(alike ? [groupFact(kind)] : []),
          ['Type', typeOf(tree, node) + (required ? ', required' : '')] as const,
          ...limitsOf(tree, node),
        ];
  const fields = fieldsWithin(tree, node);
  const blocks = [
    [paint.bold(title)],
    node.description === undefined ? [] : prose(node.description, '', screen),
    facts.flatMap(([label, text]) => prose(text, `${label}: `, screen)),
    fields.length === 0
      ? []
      : [paint.bold('Fields:'), ...table(fieldRows(tree, fields, path === ''), screen)],
    fields.length === 0 ? [] : furtherFields(kind, innerOf(tree, node).open ?? node.open, screen),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function kindFacts(kind: KindNode): (readonly [string, string])[] {
  if (kind.pseudo) return [['Kind', 'a part of the mesh configuration, no resource of its own']];
  return [
    groupFact(kind),
    ['Versions', kind.versions.join(', ')],
    ['Scope', kind.namespaced ? 'a namespace' : 'the whole cluster'],
  ];
}

function groupFact({ group }: KindNode): readonly [string, string] {
  return ['Group', group === '' ? 'the core group' : group];
}

/** What is not listed although it may be written. */
function furtherFields({ partial }: KindNode, open: true | undefined, screen: Screen): string[] {
  if (partial) return prose('Only the fields that meshlint reads are listed.', '', screen);
  return open ? prose('It takes other fields, too.', '', screen) : [];
}

interface Row {
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

/** A row for each field; those of `spec` are shown with the kind itself, because there is little else to it. */
function fieldRows(tree: FieldTree, fields: readonly FoundField[], isKind: boolean, indent = '  '): Row[] {
  return fields.flatMap(({ path, node, required }) => [
    {
      name: indent + path,
      type: typeOf(tree, node) + (required ? ', required' : ''),
      text: `${node.deprecated ? 'Only earlier releases serve it. ' : ''}${node.description ?? ''}`.trimEnd(),
    },
    ...(isKind && path === 'spec' ? fieldRows(tree, fieldsWithin(tree, node), false, `${indent}  `) : []),
  ]);
}

function table(rows: readonly Row[], screen: Screen): string[] {
  const names = Math.max(...rows.map(({ name }) => name.length));
  const types = Math.max(...rows.map(({ type }) => type.length));
  const before = names + types + 4;
  return rows.flatMap(({ name, type, text }) => {
    const head = `${screen.paint.bold(name)}${' '.repeat(names - name.length)}  `;
    if (text === '') return [head + type];
    if (screen.width - before < NARROWEST) {
      return [head + screen.paint.dim(type), ...prose(text, ' '.repeat(6), screen)];
    }
    const kind = `${screen.paint.dim(type)}${' '.repeat(types - type.length)}  `;
    const lines = wrap(text, screen.width - before);
    return lines.map((line, i) => (i === 0 ? head + kind : ' '.repeat(before)) + spans(line, screen));
  });
}

/** Text wrapped behind a label, which later lines stand under. */
function prose(text: string, label: string, screen: Screen): string[] {
  return wrap(text, screen.width - label.length).map(
    (line, i) => (i === 0 ? label : ' '.repeat(label.length)) + spans(line, screen),
  );
}

/** Names in backticks get a colour where there are colours. */
function spans(line: string, { paint }: Screen): string {
  return line.replace(/`([^`]+)`/g, (whole, name: string) =>
    paint.cyan(name) === name ? whole : paint.cyan(name),
  );
}

function noKind(tree: FieldTree, question: string, name: string, nearRule: string | undefined): ConfigError {
  const near = nearest(
    name,
    tree.kinds.flatMap(({ kind, plural }) => [kind, plural]),
  );
  const meant = near === undefined ? nearRule : near + question.slice(name.length);
  const hint = meant === undefined ? '' : `Did you mean ${meant}? `;
  return new ConfigError(
    `There is no rule, no code and no kind "${name === '' ? question : name}".`,
    `${hint}"meshlint rules" lists all rules.`,
  );
}

/** Why there is no such field, and what may be meant; `near` when that is known. */
function noField(
  tree: FieldTree,
  { kind, root, partial }: KindNode,
  { owner, missing }: MissingField,
): { readonly message: string; readonly help: string; readonly near: boolean } {
  const where = owner.path === '' ? kind : `${kind}.${owner.path}`;
  const said = (help: string, near = false) => ({
    message: missing === '' ? `${where} is not a list.` : `${where} has no field "${missing}".`,
    help,
    near,
  });
  const fields = fieldsWithin(tree, owner.node).map(({ path }) => path);
  if (fields.length === 0 && (owner.node.open || innerOf(tree, owner.node).open)) {
    return said('It takes fields of any name, which are not described here.');
  }
  const near = nearest(missing, fields);
  const brackets = owner.node.items === undefined ? '' : '[]';
  const whole = { path: '', node: resolveField(tree, root), required: true };
  const places =
    near === undefined
      ? pathsTo(tree, whole, missing, MOST_PLACES)
      : [`${owner.path}${brackets}.${near}`.replace(/^\./, '')];
  if (places.length > 0) {
    return said(`Did you mean ${places.map((place) => `${kind}.${place}`).join(' or ')}?`, true);
  }
  if (fields.length === 0) return said(`Its type is: ${typeOf(tree, owner.node)}.`);
  return said(`${partial ? 'The fields that meshlint reads' : 'Its fields'} are: ${fields.join(', ')}.`);
}

function innerOf(tree: FieldTree, node: FieldNode): FieldNode {
  return resolveField(tree, node.items ?? node.values ?? {});
}

/** A name that differs in case only, or by a slip. */
function nearest(written: string, names: readonly string[]): string | undefined {
  const low = written.toLowerCase();
  const near = names.find((name) => name.toLowerCase() === low);
  if (near !== undefined) return near;
  const meant = nearestName(
    low,
    names.map((name) => name.toLowerCase()),
  );
  return names.find((name) => name.toLowerCase() === meant);
}
