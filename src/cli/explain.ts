import { codes } from '../../rules/codes.ts';
import { rules as ourRules } from '../../rules/index.gen.ts';
import { ConfigError } from '../config/config-error.ts';
import { isHouseCode } from '../sdk/code.ts';
import type { NamedRule, RuleHead } from '../sdk/rule.ts';
import { aboutClusters } from './cluster-flags.ts';
import { applySettings } from './configured.ts';
import { type Given, isOn } from './flags.ts';
import { renderMarkdown } from './markdown.ts';
import { readPages } from './pages.ts';
import { bareName, nearestRule, ruleOrCode } from './selection.ts';
import { isTerminal, print, printError, terminalWidth, wantsColor } from './terminal.ts';

/** Words that ask about the mesh instead of a rule or a field. */
const questionWords: ReadonlySet<string> = new Set(['mtls', 'waypoint', 'authz']);

/** `meshlint explain`: the pages of all rules that a code or name stands for, else what is said of a kind or field. */
export async function explain(given: Given, environment: NodeJS.ProcessEnv): Promise<number> {
  const word = given.positionals[0] ?? '';
  if (questionWords.has(word)) return (await import('./explain-mesh.ts')).explainMesh(given, environment);
  if (given.positionals.length > 1) {
    throw new ConfigError(
      `explain takes one rule, kind or field at a time, not ${given.positionals.length}.`,
      `Only ${[...questionWords].join(', ')} take paths: meshlint explain waypoint Service/shop/cart ./manifests`,
    );
  }
  for (const { name } of aboutClusters) {
    if (given.flags.has(name)) printError(`note: --${name} has no meaning for a page and is ignored\n`);
  }
  const known = await rulesWith(word, given);
  const name = await ruleOrCode(word, known);
  if (name === undefined) {
    const { explainField } = await import('./explain-field.ts');
    const width = isTerminal('stdout') ? terminalWidth().prose : Number.POSITIVE_INFINITY;
    print([
      explainField(
        word,
        await nearestRule(word, known),
        width,
        wantsColor(isOn(given, 'color'), environment),
      ),
    ]);
    return 0;
  }
  const rules = rulesOf(name, known);
  if (rules.length === 0) {
    const about = Object.hasOwn(codes, name) ? codes[name as keyof typeof codes] : undefined;
    const why = about && 'retired' in about ? 'nothing reports it any more' : 'no rule reports this code yet';
    print([`${name} ${about?.name ?? ''}: ${why}.\n`]);
    return 0;
  }
  const pages = readPages();
  const texts = await Promise.all(
    rules.map(async ({ name, load, from }) => pages[name] ?? housePage(await load(), from)),
  );
  if (!isTerminal('stdout') && isOn(given, 'color') !== true) {
    print([texts.join('\n')]);
    return 0;
  }
  const color = wantsColor(isOn(given, 'color'), environment);
  print([texts.map((text) => renderMarkdown(text, terminalWidth().prose, color)).join('\n')]);
  return 0;
}

/** The rules that a code or name stands for, in the order of their names. */
function rulesOf(name: string, all: readonly RuleHead[]): RuleHead[] {
  return all.filter((head) => head.code === name || head.name === name || bareName(head) === name);
}

/** Our rules, and those of the configuration when the word may name one of them. */
async function rulesWith(word: string, given: Given): Promise<readonly RuleHead[]> {
  const isOurs = (await ruleOrCode(word)) !== undefined;
  const mayBeOne = isHouseCode(word.toUpperCase()) || /^[a-z0-9-]+(?:\/[a-z0-9-]+)?$/.test(word);
  return isOurs || !mayBeOne ? ourRules : (await applySettings(given)).rules;
}

/** What there is to say of a rule that comes without a page of ours. */
function housePage({ name, rule }: NamedRule, from: string | undefined): string {
  const messages = Object.values(rule.messages).map(
    ({ what, why, help }) => `- ${what}\n  Why: ${why}\n  Help: ${help}\n`,
  );
  const facts = `\`${rule.code}\` · ${rule.severity}${rule.optIn ? ' · opt-in' : ''} · from ${from}`;
  const docs = rule.docs === undefined || rule.docs === from ? '' : `\nMore: ${rule.docs}\n`;
  const options = Object.entries(rule.options ?? {}).map(
    ([option, { type, summary }]) => `- \`${option}\` (${type}): ${summary}\n`,
  );
  const sets = options.length === 0 ? '' : `\n## Options\n${options.join('')}`;
  return `# ${name}\n${facts}\n\n${rule.summary}\n\n## What it says\n${messages.join('')}${sets}${docs}`;
}
