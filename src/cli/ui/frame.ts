import { createFramer } from '../../report/frame.ts';
import { displayWidth, oneLine, visible, wrap } from '../../report/screen.ts';
import { count, showPath, showResource } from '../../report/words.ts';
import type { Severity } from '../../sdk/rule.ts';
import { renderMarkdown } from '../markdown.ts';
import type { Finding, Model } from './model.ts';
import { currentFinding, type Extent, groupOf, linksOf, listed, type State, topScreen } from './state.ts';

export interface Span {
  readonly text: string;
  readonly color?: 'red' | 'yellow' | 'blue' | 'green' | 'cyan';
  readonly bold?: true;
  readonly dim?: true;
  readonly inverse?: true;
}
export type Row = readonly Span[];

export interface Size {
  readonly columns: number;
  readonly rows: number;
  readonly color: boolean;
}

/** The whole screen: a head, what is browsed, the keys. */
export function frame(state: State, model: Model, size: Size): Row[] {
  const height = bodyHeight(size);
  const rows = body(state, model, size).slice(0, height);
  while (rows.length < height) rows.push([]);
  return [head(state, model), ...rows, ...foot(state, model, size)].map((row) =>
    cutRow(size.color ? row : row.map(({ color: _, ...span }) => span), size.columns),
  );
}

/** How much of the screen that is shown can be seen at once, and how much of it there is. */
export function extentOf(state: State, model: Model, size: Size): Extent {
  const screen = topScreen(state);
  const height = bodyHeight(size);
  if (screen.kind === 'list' || screen.kind === 'resource') {
    return { shown: height - previewHeight(height), lines: 0 };
  }
  return { shown: height, lines: longText(state, model, size).length };
}

/** The last line of a terminal stays free: writing there would scroll it. */
function bodyHeight({ rows }: Size): number {
  return Math.max(3, rows - 4);
}

function previewHeight(height: number): number {
  return height < 12 ? 0 : Math.min(9, Math.floor(height / 2));
}

const plain = (text: string): Row => [{ text }];
const colors: Readonly<Record<Severity, NonNullable<Span['color']>>> = {
  error: 'red',
  warning: 'yellow',
  info: 'blue',
};

function head(state: State, model: Model): Row {
  const tally = (severity: Severity): number =>
    model.findings.filter((finding) => finding.severity === severity).length;
  const counts: Span[] = (['error', 'warning', 'info'] as const).flatMap((severity) => {
    const n = tally(severity);
    return n === 0 ? [] : [{ text: `  ${count(n, severity)}`, color: colors[severity] }];
  });
  const { filter, grouping } = state;
  return [
    { text: 'meshlint', bold: true },
    ...(counts.length > 0 ? counts : [{ text: '  no findings', color: 'green' } as const]),
    ...(model.incomplete ? [{ text: '  incomplete', color: 'red' } as const] : []),
    { text: `  by ${grouping}` },
    ...(filter === '' ? [] : [{ text: `  filter: ${oneLine(filter)}`, bold: true } as const]),
  ];
}

function foot(state: State, model: Model, { columns }: Size): Row[] {
  const line: Row = [{ text: '─'.repeat(columns), dim: true }];
  if (state.prompt !== undefined) {
    const ask = state.prompt.for === 'filter' ? 'Filter: ' : 'Suppress here, because: ';
    const text = tail(visible(state.prompt.text), columns - ask.length - 2);
    const hint = state.note === '' ? 'Enter takes it, Esc leaves it' : state.note;
    return [
      [{ text: `─ ${hint} `, dim: true }],
      [{ text: ask, bold: true }, { text }, { text: ' ', inverse: true }],
    ];
  }
  const noted: Row = state.note === '' ? line : [{ text: oneLine(state.note), bold: true }];
  return [
    noted,
    keysOf(state, model).flatMap(([key, does], i, all): Span[] => [
      { text: key, bold: true },
      { text: ` ${does}${i < all.length - 1 ? '  ' : ''}` },
    ]),
  ];
}

function keysOf(state: State, model: Model): [string, string][] {
  const finding = currentFinding(state, model);
  const fix: [string, string][] = finding?.fix === undefined ? [] : [[finding.fix.safe ? 'f' : 'F', 'fix']];
  const about: [string, string][] =
    finding === undefined ? [] : [['p', 'page'], ['g', 'graph'], ['s', 'suppress'], ...fix];
  const end: [string, string][] = [
    ['?', 'help'],
    ['q', 'quit'],
  ];
  switch (topScreen(state).kind) {
    case 'list': {
      // What is not named for want of room stands in the help.
      const [, , ...act] = about;
      const move: [string, string][] = fix.length > 0 ? [] : [['↑↓', 'move']];
      return [...move, ['Enter', 'open'], ['Tab', 'group'], ['/', 'filter'], ...act, ['r', 'check'], ...end];
    }
    case 'resource':
      return [['↑↓', 'move'], ['Enter', 'follow'], ['Esc', 'back'], ['r', 'check'], ...end];
    default:
      return [['↑↓', 'scroll'], ...about, ['Esc', 'back'], ['r', 'check'], ...end];
  }
}

function body(state: State, model: Model, size: Size): Row[] {
  const screen = topScreen(state);
  const height = bodyHeight(size);
  if (screen.kind === 'list' || screen.kind === 'resource') {
    const below = previewHeight(height);
    const { rows, selected, titleOf, preview } =
      screen.kind === 'list' ? list(state, model) : resource(screen, model);
    const shown = around(rows, selected, height - below, titleOf);
    if (below === 0) return shown;
    while (shown.length < height - below) shown.push([]);
    return [...shown, ...preview(size, below)];
  }
  const { top } = screen;
  return longText(state, model, size).slice(top, top + height);
}

interface Choice {
  readonly rows: Row[];
  readonly selected: number;
  /** The row that tells what the row of this number stands under. */
  readonly titleOf: (row: number) => Row | undefined;
  readonly preview: (size: Size, height: number) => Row[];
}

function list(state: State, model: Model): Choice {
  const rows: Row[] = [];
  let selected = 0;
  const titles: Row[] = [];
  let group: string | undefined;
  let title: Row = [];
  const all = listed(state, model);
  for (const finding of all) {
    const own = groupOf(finding, state.grouping);
    if (own !== group) {
      group = own;
      title = [{ text: oneLine(own), bold: true }];
      titles[rows.length] = title;
      rows.push(title);
    }
    titles[rows.length] = title;
    const isHere = finding.id === state.selected;
    if (isHere) selected = rows.length;
    rows.push(findingRow(finding, isHere, state.grouping !== 'code'));
  }
  if (rows.length === 0)
    rows.push(plain(state.filter === '' ? 'Nothing to report.' : 'Nothing passes the filter; Esc lifts it.'));
  const current = all.find(({ id }) => id === state.selected);
  return {
    rows,
    selected,
    titleOf: (row) => titles[row],
    preview: (size, height) => (current === undefined ? [] : preview(current, model, size, height)),
  };
}

function findingRow(finding: Finding, isHere: boolean, withCode: boolean): Row {
  const { severity, code, message, location } = finding;
  const text = withCode ? `${code} ${message}` : `${placeOf(location)} ${message}`;
  const mark: Span = { text: isHere ? '› ' : '  ', bold: true };
  const label: Span = { text: `${severity.padEnd(7)} `, color: colors[severity] };
  return [mark, label, isHere ? { text: oneLine(text), inverse: true } : { text: oneLine(text) }];
}

function resource(
  { name, selected }: { readonly name: string; readonly selected: number },
  model: Model,
): Choice {
  const place = model.place(name);
  const where = place === undefined ? 'not in the input' : `${place.source.path}:${place.line}`;
  const links = linksOf(name, model);
  const rows: Row[] = [
    [
      { text: oneLine(name), bold: true },
      { text: `  ${oneLine(where)}`, dim: true },
    ],
  ];
  for (const [i, link] of links.entries()) {
    const isHere = i === selected;
    if (link.to === 'finding') rows.push(findingRow(link.finding, isHere, true));
    else {
      const span: Span = {
        text: oneLine(link.text),
        ...(link.missing ? { color: 'red' } : {}),
        ...(isHere ? { inverse: true } : {}),
      };
      rows.push([{ text: isHere ? '› ' : '  ', bold: true }, span]);
    }
  }
  if (links.length === 0) rows.push(plain('  It names nothing, and nothing names it.'));
  return {
    rows,
    selected: selected + 1,
    titleOf: () => rows[0],
    preview: (size, height) => {
      if (place === undefined) return [];
      const text = place.source.text.split('\n').slice(place.line - 1, place.line + height - 2);
      const numbered = text.map(
        (line, i): Row => [
          { text: gutter(place.line + i), dim: true },
          { text: visible(line.replaceAll('\t', '    ')) },
        ],
      );
      return [ruler(where, size), ...numbered];
    },
  };
}

function ruler(text: string, { columns }: Size): Row {
  const title = `── ${oneLine(text)} `;
  return [{ text: title + '─'.repeat(Math.max(0, columns - displayWidth(title))), dim: true }];
}

function gutter(line: number): string {
  return `${String(line).padStart(5)} │ `;
}

function preview(finding: Finding, model: Model, size: Size, height: number): Row[] {
  const { location } = finding;
  if (location === undefined) return [];
  const above = Math.floor((height - 3) / 2);
  return [
    ruler(placeOf(location, true), size),
    ...sourceRows(model, location, above, size).slice(0, height - 1),
  ];
}

/** `app.yaml:3`, or `cluster prod`. */
function placeOf(location: Finding['location'], withColumn = false): string {
  if (location?.cluster !== undefined) return `cluster ${location.cluster}`;
  const { file, line, column } = location ?? { file: '', line: 0, column: 0 };
  return withColumn ? `${file}:${line}:${column}` : `${file}:${line}`;
}

/** The lines around a place, the place marked. */
function sourceRows(
  { sources }: Model,
  location: NonNullable<Finding['location']>,
  context: number,
  size: Size,
): Row[] {
  const source = sources.get(location.file ?? '');
  if (source === undefined || location.file === undefined) return [];
  const lines = createFramer(Math.max(20, size.columns - 9)).frame(source, location, context);
  return lines.map(({ number, text, underline }) => {
    if (underline)
      return [
        { text: '      │ ', dim: true },
        { text, color: 'red', bold: true },
      ];
    const isHere = number === location.line;
    return [
      {
        text: number === undefined ? '        ' : isHere ? `>${gutter(number).slice(1)}` : gutter(number),
        dim: true,
      },
      { text, ...(isHere ? { bold: true } : {}) },
    ];
  });
}

/** What is scrolled: a finding, a page, the help. */
function longText(state: State, model: Model, size: Size): Row[] {
  const screen = topScreen(state);
  if (screen.kind === 'help') return help;
  if (screen.kind === 'page') {
    const page = model.page(screen.rule) ?? `# ${screen.rule}\n\nThis rule has no page.`;
    return renderMarkdown(page, size.columns, size.color).trimEnd().split('\n').map(plain);
  }
  const finding = currentFinding(state, model);
  return finding === undefined ? [] : whole(finding, model, size);
}

function whole(finding: Finding, model: Model, size: Size): Row[] {
  const { severity, code, rule, message, why, help, resource: owner, location, path, related } = finding;
  const prose = (label: string, text: string): Row[] =>
    wrap(oneLine(text), size.columns - 6).map(
      (line, i): Row => [{ text: i === 0 ? label.padEnd(6) : '      ', bold: true }, { text: line }],
    );
  const rows: Row[] = [
    [{ text: `${severity} `, color: colors[severity], bold: true }, { text: `${code} ${rule}` }],
    ...wrap(oneLine(message), size.columns).map((text): Row => [{ text, bold: true }]),
  ];
  if (owner !== undefined) rows.push(plain(oneLine(`${showResource(owner)}  ${showPath(path)}`)));
  if (location !== undefined) {
    rows.push(ruler(placeOf(location, true), size));
    rows.push(...sourceRows(model, location, 3, size), []);
  }
  rows.push(...prose('why', why), ...prose('help', help));
  if (finding.fix !== undefined) {
    const careful = finding.fix.safe ? '' : ' (look at it first)';
    rows.push(...prose('fix', `${finding.fix.title}${careful}`));
  }
  for (const other of related) {
    const where = placeOf(other.location);
    const of = other.resource === undefined ? '' : `, ${showResource(other.resource)}`;
    rows.push([], ...prose('see', `${other.note} (${where}${of})`));
    rows.push(...sourceRows(model, other.location, 1, size));
  }
  return rows;
}

const help: Row[] = [
  ['', 'Everywhere'],
  ['↑ ↓ or k j', 'move, scroll'],
  ['PgUp PgDn Space', 'by the screen'],
  ['Enter', 'open what is selected'],
  ['Esc', 'back; in the list: lift the filter'],
  ['Tab', 'list by resource, by code, by file'],
  ['/', 'filter the list by any of its words'],
  ['r', 'read what changed, and check again'],
  ['?', 'this help'],
  ['q or Ctrl-C', 'quit; the exit code is that of the last check'],
  ['', ''],
  ['', 'With a finding'],
  ['p', "the rule's page: why it matters, good examples, when to ignore it"],
  ['g', 'the resource in the graph: what it names, and what names it'],
  ['f', 'apply its fix, if it has one; F where it is one to look at first'],
  ['s', 'suppress it: writes a comment with your reason above the line'],
].map(
  ([key = '', does = '']): Row =>
    key === '' ? [{ text: does, bold: true }] : [{ text: `  ${key.padEnd(18)}`, bold: true }, { text: does }],
);

/** As many rows as fit, the selected one among them, the first one telling what the next stand under. */
function around(rows: readonly Row[], selected: number, height: number, titleOf: Choice['titleOf']): Row[] {
  const start = Math.max(0, Math.min(selected - Math.floor(height / 2), rows.length - height));
  const shown = rows.slice(start, start + height);
  const title = titleOf(start);
  return title === undefined || selected === start ? shown : [title, ...shown.slice(1)];
}

/** The end of a text that fits. */
function tail(text: string, width: number): string {
  let kept = text;
  while (displayWidth(kept) > Math.max(1, width)) kept = Array.from(kept).slice(1).join('');
  return kept;
}

/** A row cut to the width of the screen. Pages are wrapped already, and may hold escape sequences. */
function cutRow(row: Row, columns: number): Row {
  const widthOf = ({ text }: Span): number => (text.includes('\u001b') ? 0 : displayWidth(text));
  if (row.reduce((sum, span) => sum + widthOf(span), 0) <= columns) return row;
  const cut: Span[] = [];
  let room = columns - 1;
  for (const span of row) {
    const chars = Array.from(span.text);
    let end = 0;
    for (; end < chars.length; end++) {
      const width = displayWidth(chars[end] ?? '');
      if (width > room) break;
      room -= width;
    }
    if (end === chars.length) cut.push(span);
    else return [...cut, { ...span, text: `${chars.slice(0, end).join('')}…` }];
  }
  return cut;
}
