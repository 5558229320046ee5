import { rules } from '../../rules/index.gen.ts';
import { ConfigError } from '../config/config-error.ts';
import { nearestName } from '../model/near.ts';
import type { RuleHead } from '../sdk/rule.ts';

/** Codes and rule names out of a flag. Codes without a rule yet are accepted, so that a script may name them early. */
export async function readSelection(
  flag: string,
  words: readonly string[],
  all: readonly RuleHead[],
): Promise<Set<string>> {
  return new Set(await Promise.all(words.map((word) => selected(flag, word, all))));
}

/** The rule or code that a word is nearly right for. */
export async function nearestRule(
  word: string,
  all: readonly RuleHead[] = rules,
): Promise<string | undefined> {
  const { codes } = await import('../../rules/codes.ts');
  return (
    nearestName(
      word,
      all.flatMap((named) => [named.name, bareName(named)]),
    ) ??
    nearestCode(word.toUpperCase(), [
      ...Object.keys(codes),
      ...all.flatMap(({ code, from }) => (from === undefined ? [] : [code])),
    ])
  );
}

/** A code in capitals, or a rule's name as written; undefined when it is neither. */
export async function ruleOrCode(
  word: string,
  all: readonly RuleHead[] = rules,
): Promise<string | undefined> {
  const { codes } = await import('../../rules/codes.ts');
  const code = word.toUpperCase();
  if (Object.hasOwn(codes, code) || all.some((head) => head.code === code)) return code;
  return all.some((named) => named.name === word || bareName(named) === word) ? word : undefined;
}

async function selected(flag: string, word: string, all: readonly RuleHead[]): Promise<string> {
  const name = await ruleOrCode(word, all);
  if (name !== undefined) return name;
  const near = await nearestRule(word, all);
  throw new ConfigError(
    `--${flag} names "${word}", which is no rule and no code.`,
    `${near === undefined ? '' : `Did you mean ${near}? `}"meshlint rules" lists them all.`,
  );
}

/** A code one slip away: rules of names leave digits alone, which is all that codes differ in. */
function nearestCode(code: string, codes: readonly string[]): string | undefined {
  const digits = /^IST([0-9]+)$/.exec(code)?.[1];
  if (digits === undefined) return nearestName(code, codes);
  return codes.find((candidate) => Number(candidate.slice(3)) === Number(digits));
}

/** The name of a rule without its area. */
export function bareName({ name }: RuleHead): string {
  return name.slice(name.indexOf('/') + 1);
}
