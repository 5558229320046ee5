// Looks at what a plugin's module exports, for authors who write without types, or for another version of the sdk.
import { kinds } from '../model/kinds.gen.ts';
import { nearestName } from '../model/near.ts';
import { isHouseCode } from '../sdk/code.ts';
import { fitsOption, type RuleOption } from '../sdk/option.ts';
import { SDK_VERSION } from '../sdk/plugin.ts';

/** Why something cannot be used, as the end of a sentence, and what to do. */
export interface Trouble {
  readonly what: string;
  readonly help: string;
}

const NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const EXAMPLE = "export default definePlugin({ name: 'acme', rules: [defineRule({ … })] })";

/** What is wrong with the default export of a plugin; undefined when it is one. */
export function troubleWith(plugin: unknown): Trouble | undefined {
  if (!isRecord(plugin))
    return { what: 'has no default export that is a plugin.', help: `Write ${EXAMPLE}.` };
  const { name, rules, sdk } = plugin;
  if (sdk === undefined) return { what: 'was not made with definePlugin.', help: `Write ${EXAMPLE}.` };
  if (sdk !== SDK_VERSION) {
    return {
      what: `was made with version ${String(sdk)} of meshlint/sdk; this meshlint has version ${SDK_VERSION}.`,
      help: 'Install releases of meshlint and of the plugin that go together.',
    };
  }
  if (typeof name !== 'string' || !NAME.test(name)) {
    return {
      what: `is named ${show(name)}.`,
      help: 'A name has small letters, digits and single dashes, as acme or acme-routing.',
    };
  }
  if (!Array.isArray(rules) || rules.length === 0) {
    return { what: 'has no rules.', help: `Write ${EXAMPLE}.` };
  }
  for (const [i, rule] of rules.entries()) {
    const trouble = troubleWithRule(rule);
    if (trouble !== undefined) {
      const title = isRecord(rule) && typeof rule.name === 'string' ? rule.name : `number ${i + 1}`;
      return { what: `cannot be used: its rule ${title} ${trouble.what}`, help: trouble.help };
    }
  }
  return undefined;
}

function troubleWithRule(rule: unknown): Trouble | undefined {
  if (!isRecord(rule)) return { what: `is ${show(rule)}.`, help: 'A rule is what defineRule gives.' };
  const { name, code, severity, summary, messages, check, checkClusters } = rule;
  if (typeof name !== 'string' || !NAME.test(name)) {
    return { what: `is named ${show(name)}.`, help: 'Name it after what it finds, as no-wildcard-host.' };
  }
  if (typeof code !== 'string' || !isHouseCode(code)) {
    return {
      what: `has the code ${show(code)}.`,
      help: 'A code is a prefix of your own of two or more capitals, never IST, and four digits: ACME0001.',
    };
  }
  if (severity !== 'error' && severity !== 'warning' && severity !== 'info') {
    return { what: `has the severity ${show(severity)}.`, help: 'It is error, warning or info.' };
  }
  if (typeof summary !== 'string') {
    return { what: 'has no summary.', help: 'Say in one sentence what it finds.' };
  }
  if (typeof check !== 'function' && typeof checkClusters !== 'function') {
    return { what: 'has no check.', help: 'Write check({ graph, report }) { … }.' };
  }
  return (
    troubleWithReads(rule.reads) ??
    troubleWithNeeds(rule.needs) ??
    troubleWithOptions(rule.options) ??
    troubleWithMessages(messages)
  );
}

function troubleWithReads(reads: unknown): Trouble | undefined {
  if (!isRecord(reads))
    return { what: 'has no reads.', help: "Say what it reads: { VirtualService: 'some' }." };
  for (const [kind, extent] of Object.entries(reads)) {
    const trouble = troubleWithKind(kind);
    if (trouble !== undefined) return trouble;
    if (extent !== 'some' && extent !== 'all') {
      return {
        what: `reads ${kind} as ${show(extent)}.`,
        help: "It is 'some' for what it judges, 'all' for what it may call missing.",
      };
    }
  }
  return undefined;
}

function troubleWithNeeds(needs: unknown): Trouble | undefined {
  if (needs === undefined) return undefined;
  if (!Array.isArray(needs) || !needs.every((list) => Array.isArray(list))) {
    return { what: `needs ${show(needs)}.`, help: 'It is a list of lists of kinds, one of each is needed.' };
  }
  for (const kind of needs.flat()) {
    const trouble = troubleWithKind(String(kind));
    if (trouble !== undefined) return trouble;
  }
  return undefined;
}

const optionTypes = [
  'boolean',
  'integer',
  'string',
  'integers',
  'strings',
] as const satisfies readonly RuleOption['type'][];

function troubleWithOptions(options: unknown): Trouble | undefined {
  const help =
    "An option has a type, a default of that type and a summary: { type: 'strings', default: [], summary: '…' }.";
  if (options === undefined) return undefined;
  if (!isRecord(options)) return { what: `has the options ${show(options)}.`, help };
  for (const [name, option] of Object.entries(options)) {
    if (!isOption(option)) return { what: `has an option "${name}" that is none.`, help };
  }
  return undefined;
}

function isOption(option: unknown): boolean {
  if (!isRecord(option) || typeof option.summary !== 'string') return false;
  const type = optionTypes.find((known) => known === option.type);
  return type !== undefined && fitsOption(type, option.default);
}

function troubleWithKind(kind: string): Trouble | undefined {
  if (Object.hasOwn(kinds, kind)) return undefined;
  const near = nearestName(kind, Object.keys(kinds));
  return {
    what: `reads ${kind}, which is no kind that meshlint knows.`,
    help: near === undefined ? 'The sdk lists the kinds (type Kind).' : `Did you mean ${near}?`,
  };
}

function troubleWithMessages(messages: unknown): Trouble | undefined {
  const help = "A message has what is wrong, why it matters, and help: { what: '…', why: '…', help: '…' }.";
  if (!isRecord(messages)) return { what: 'has no messages.', help };
  for (const [id, message] of Object.entries(messages)) {
    const isWhole =
      isRecord(message) && ['what', 'why', 'help'].every((part) => typeof message[part] === 'string');
    if (!isWhole) return { what: `has a message "${id}" that lacks a part.`, help };
  }
  return undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function show(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`;
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
