// What is selected and shown, and what a key changes about it. Nothing here draws or reads.
import { ensure } from '../../model/collections.ts';
import type { Severity } from '../../sdk/rule.ts';
import { nodeName } from '../graph-text.ts';
import type { Finding, Model } from './model.ts';
import { resourceName } from './model.ts';

export const groupings = ['resource', 'code', 'file'] as const;
export type Grouping = (typeof groupings)[number];

export type Screen =
  | { readonly kind: 'list' }
  | { readonly kind: 'finding'; readonly id: string; readonly top: number }
  | { readonly kind: 'page'; readonly rule: string; readonly top: number }
  | { readonly kind: 'resource'; readonly name: string; readonly selected: number }
  | { readonly kind: 'help'; readonly top: number };

export interface State {
  readonly grouping: Grouping;
  readonly filter: string;
  /** The finding that is selected in the list. */
  readonly selected: string | undefined;
  /** The last one is shown; the first is the list. */
  readonly screens: readonly Screen[];
  /** What is being typed. */
  readonly prompt?: { readonly for: 'filter' | 'reason'; readonly text: string };
  readonly note: string;
}

export type Key =
  | { readonly name: 'up' | 'down' | 'pageUp' | 'pageDown' | 'enter' | 'escape' | 'tab' | 'backspace' }
  | { readonly name: 'text'; readonly text: string };

/** What a key asks for beside another state. */
export type Effect =
  | { readonly do: 'quit' }
  | { readonly do: 'check' }
  | { readonly do: 'fix'; readonly finding: Finding }
  | { readonly do: 'suppress'; readonly finding: Finding; readonly reason: string };

export interface Step {
  readonly state: State;
  readonly effect?: Effect;
}

/** What scrolling has to know of the screen: how many lines it shows, and how many there are. */
export interface Extent {
  readonly shown: number;
  readonly lines: number;
}

export function startState(model: Model): State {
  const state: State = {
    grouping: 'resource',
    filter: '',
    selected: undefined,
    screens: [{ kind: 'list' }],
    note: '',
  };
  return { ...state, selected: listed(state, model)[0]?.id };
}

export function topScreen({ screens }: State): Screen {
  return screens.at(-1) ?? { kind: 'list' };
}

/** The findings that pass the filter, in the order of the list. */
export function listed({ grouping, filter }: State, { findings }: Model): Finding[] {
  const wanted = filter.toLowerCase();
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (wanted === '' || searchText(finding).includes(wanted)) {
      ensure(groups, groupOf(finding, grouping), () => []).push(finding);
    }
  }
  // What is worst comes first; otherwise the order of the report stays.
  return [...groups.values()].sort((a, b) => worst(a) - worst(b)).flat();
}

function worst(group: readonly Finding[]): number {
  return Math.min(...group.map(({ severity }) => severities.indexOf(severity)));
}
const severities: readonly Severity[] = ['error', 'warning', 'info'];

function searchText(finding: Finding): string {
  const { code, rule, severity, message, location } = finding;
  return [code, rule, severity, message, location?.file ?? '', resourceName(finding) ?? '']
    .join('\n')
    .toLowerCase();
}

/** What a finding stands under. */
export function groupOf(finding: Finding, grouping: Grouping): string {
  if (grouping === 'code') return `${finding.code} ${finding.rule}`;
  const file = finding.location?.file ?? '';
  return grouping === 'file' ? file : (resourceName(finding) ?? file);
}

/** What can be followed from a resource: its findings, what it names, and what names it. */
export type Link =
  | { readonly to: 'finding'; readonly finding: Finding }
  | { readonly to: 'resource'; readonly name: string; readonly text: string; readonly missing: boolean };

export function linksOf(name: string, { findings, edges }: Model): Link[] {
  const links: Link[] = findings
    .filter((finding) => resourceName(finding) === name)
    .map((finding) => ({ to: 'finding', finding }));
  for (const { from, relation, to, state } of edges) {
    const [source, target] = [nodeName(from), nodeName(to)];
    const missing = state === 'absent';
    const said = state === 'found' ? '' : ` (${state})`;
    if (source === name)
      links.push({ to: 'resource', name: target, text: `→ ${relation} ${target}${said}`, missing });
    else if (target === name)
      links.push({ to: 'resource', name: source, text: `← ${source} ${relation}`, missing: false });
  }
  return links.filter(
    (link, i) => links.findIndex((other) => JSON.stringify(other) === JSON.stringify(link)) === i,
  );
}

/** The finding that keys are about, if any. */
export function currentFinding(state: State, model: Model): Finding | undefined {
  const screen = topScreen(state);
  const id = screen.kind === 'finding' ? screen.id : screen.kind === 'list' ? state.selected : undefined;
  return model.findings.find((finding) => finding.id === id);
}

/** After a re-check: what is gone is left, and a finding beside it selected. */
export function renew(state: State, before: Model, model: Model, note: string): State {
  const isThere = (id: string | undefined): boolean => model.findings.some((finding) => finding.id === id);
  const old = listed(state, before);
  const at = old.findIndex(({ id }) => id === state.selected);
  const near = [...old.slice(Math.max(at, 0)), ...old.slice(0, Math.max(at, 0)).reverse()];
  const selected = near.find(({ id }) => isThere(id))?.id ?? listed(state, model)[0]?.id;
  const screens = state.screens.filter((screen) => screen.kind !== 'finding' || isThere(screen.id));
  return { ...state, selected, screens, note };
}

/** What a key does. `extent` tells of the screen as it is shown. */
export function press(state: State, key: Key, model: Model, extent: Extent): Step {
  const quiet: State = { ...state, note: '' };
  if (quiet.prompt !== undefined) return pressInPrompt(quiet, quiet.prompt, key, model);
  switch (key.name) {
    case 'up':
    case 'down':
      return { state: move(quiet, key.name === 'up' ? -1 : 1, model, extent) };
    case 'pageUp':
    case 'pageDown':
      return {
        state: move(quiet, (key.name === 'pageUp' ? -1 : 1) * Math.max(1, extent.shown - 1), model, extent),
      };
    case 'enter':
      return { state: follow(quiet, model) };
    case 'escape':
    case 'backspace':
      return { state: back(quiet, model) };
    case 'tab':
      return { state: regroup(quiet) };
    case 'text':
      return pressLetter(quiet, key.text, model, extent);
  }
}

function pressLetter(state: State, letter: string, model: Model, extent: Extent): Step {
  const finding = currentFinding(state, model);
  switch (letter) {
    case 'q':
      return { state, effect: { do: 'quit' } };
    case 'r':
      return { state: { ...state, note: 'checking…' }, effect: { do: 'check' } };
    case '?':
      return {
        state: topScreen(state).kind === 'help' ? back(state, model) : open(state, { kind: 'help', top: 0 }),
      };
    case 'k':
      return { state: move(state, -1, model, extent) };
    case 'j':
      return { state: move(state, 1, model, extent) };
    case ' ':
      return { state: move(state, Math.max(1, extent.shown - 1), model, extent) };
    case '/':
      return {
        state: { ...state, screens: [{ kind: 'list' }], prompt: { for: 'filter', text: state.filter } },
      };
    case 'p':
      return {
        state: finding === undefined ? state : open(state, { kind: 'page', rule: finding.rule, top: 0 }),
      };
    case 'g': {
      const name = finding && resourceName(finding);
      if (name !== undefined) return { state: open(state, { kind: 'resource', name, selected: 0 }) };
      return { state: { ...state, note: finding === undefined ? '' : 'This finding is about no resource.' } };
    }
    case 'f':
    case 'F':
      if (finding?.fix === undefined) return { state };
      if (letter === 'F' || finding.fix.safe) return { state, effect: { do: 'fix', finding } };
      return { state: { ...state, note: `Look at it first, then press F: ${finding.fix.title}.` } };
    case 's':
      if (finding === undefined) return { state };
      return { state: { ...state, prompt: { for: 'reason', text: '' } } };
    default:
      return { state };
  }
}

function pressInPrompt(state: State, prompt: NonNullable<State['prompt']>, key: Key, model: Model): Step {
  const { prompt: _, ...rest } = state;
  const type = (text: string): Step => {
    const typed: State = { ...state, prompt: { ...prompt, text } };
    if (prompt.for === 'reason') return { state: typed };
    const filtered: State = { ...typed, filter: text };
    return { state: { ...filtered, selected: listed(filtered, model)[0]?.id } };
  };
  switch (key.name) {
    case 'text':
      return type(prompt.text + key.text);
    case 'backspace':
      return type(Array.from(prompt.text).slice(0, -1).join(''));
    case 'escape':
      if (prompt.for === 'reason') return { state: rest };
      return {
        state: {
          ...rest,
          filter: '',
          selected: state.selected ?? listed({ ...rest, filter: '' }, model)[0]?.id,
        },
      };
    case 'enter': {
      if (prompt.for === 'filter') return { state: rest };
      const finding = currentFinding(state, model);
      const reason = prompt.text.trim();
      if (reason === '')
        return { state: { ...state, note: 'Say why, for whoever reads it later; Esc leaves it.' } };
      if (finding === undefined) return { state: rest };
      return { state: rest, effect: { do: 'suppress', finding, reason } };
    }
    default:
      return { state };
  }
}

function move(state: State, by: number, model: Model, { shown, lines }: Extent): State {
  const screen = topScreen(state);
  switch (screen.kind) {
    case 'list': {
      const all = listed(state, model);
      const at = all.findIndex(({ id }) => id === state.selected);
      return { ...state, selected: all[clamp(at + by, all.length - 1)]?.id };
    }
    case 'resource': {
      const last = linksOf(screen.name, model).length - 1;
      return replace(state, { ...screen, selected: clamp(screen.selected + by, last) });
    }
    default:
      return replace(state, { ...screen, top: clamp(screen.top + by, lines - shown) });
  }
}

function clamp(n: number, last: number): number {
  return Math.max(0, Math.min(n, last));
}

function follow(state: State, model: Model): State {
  const screen = topScreen(state);
  if (screen.kind === 'list') {
    return state.selected === undefined
      ? state
      : open(state, { kind: 'finding', id: state.selected, top: 0 });
  }
  if (screen.kind !== 'resource') return state;
  const link = linksOf(screen.name, model)[screen.selected];
  if (link === undefined) return state;
  if (link.to === 'finding') return open(state, { kind: 'finding', id: link.finding.id, top: 0 });
  return open(state, { kind: 'resource', name: link.name, selected: 0 });
}

function back(state: State, model: Model): State {
  if (state.screens.length > 1) return { ...state, screens: state.screens.slice(0, -1) };
  const whole = { ...state, filter: '' };
  return { ...whole, selected: state.selected ?? listed(whole, model)[0]?.id };
}

function regroup(state: State): State {
  const next = groupings[(groupings.indexOf(state.grouping) + 1) % groupings.length] ?? 'resource';
  return { ...state, grouping: next, screens: [{ kind: 'list' }] };
}

function open(state: State, screen: Screen): State {
  return { ...state, screens: [...state.screens, screen] };
}

function replace(state: State, screen: Screen): State {
  return { ...state, screens: [...state.screens.slice(0, -1), screen] };
}
