import { rules } from '../../rules/index.gen.ts';
import { ConfigError } from '../config/config-error.ts';
import { nearestName } from '../model/near.ts';
import type { RuleHead } from '../sdk/rule.ts';

/** Codes and rule names out of a flag. Codes without a rule yet are accepted, so that a script may name them early. */
export async function readSelection(flag: string, words: readonly string[]): Promise<Set<string>> {
  return new Set(await Promise.all(words.map((word) => selected(flag, word))));
}

/** The rules that a code or name stands for, in the order of their names; undefined when it is neither. */
export async function rulesNamed(
  word: string,
): Promise<{ readonly code: string; readonly rules: readonly RuleHead[] } | undefined> {
  const name = await known(word);
  if (name === undefined) return undefined;
  const found = rules.filter((head) => head.code === name || head.name === name || bareName(head) === name);
  return { code: found[0]?.code ?? name, rules: found };
}

/** The rule or code that a word is nearly right for. */
export async function nearestRule(word: string): Promise<string | undefined> {
  const { codes } = await import('../../rules/codes.ts');
  return (
    nearestName(
      word,
      rules.flatMap((named) => [named.name, bareName(named)]),
    ) ?? nearestCode(word.toUpperCase(), Object.keys(codes))
  );
}

async function known(word: string): Promise<string | undefined> {
  const { codes } = await import('../../rules/codes.ts');
  const code = word.toUpperCase();
  if (Object.hasOwn(codes, code)) return code;
  return rules.some((named) => named.name === word || bareName(named) === word) ? word : undefined;
}

async function selected(flag: string, word: string): Promise<string> {
  const name = await known(word);
  if (name !== undefined) return name;
  const near = await nearestRule(word);
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

function bareName({ name }: RuleHead): string {
  return name.slice(name.indexOf('/') + 1);
}
