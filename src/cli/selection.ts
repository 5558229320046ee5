import { rules } from '../../rules/index.gen.ts';
import { ConfigError } from '../config/config-error.ts';
import { nearestName } from '../model/near.ts';
import type { RuleHead } from '../sdk/rule.ts';

/** Codes and rule names out of a flag. Codes without a rule yet are accepted, so that a script may name them early. */
export async function readSelection(flag: string, words: readonly string[]): Promise<Set<string>> {
  return new Set(await Promise.all(words.map((word) => known(word, `--${flag} names`))));
}

/** The rules that a code or name stands for; all rules of a code, in the order of their names. */
export async function rulesNamed(
  word: string,
): Promise<{ readonly code: string; readonly rules: readonly RuleHead[] }> {
  const name = await known(word, 'There is');
  const found = rules.filter((head) => head.code === name || head.name === name || bareName(head) === name);
  return { code: found[0]?.code ?? name, rules: found };
}

async function known(word: string, who: string): Promise<string> {
  const { codes } = await import('../../rules/codes.ts');
  const code = word.toUpperCase();
  if (Object.hasOwn(codes, code)) return code;
  if (rules.some((named) => named.name === word || bareName(named) === word)) return word;
  const near =
    nearestName(
      word,
      rules.flatMap((named) => [named.name, bareName(named)]),
    ) ?? nearestCode(code, Object.keys(codes));
  const hint = near === undefined ? '' : `Did you mean ${near}? `;
  throw new ConfigError(
    `${who} ${who.endsWith('names') ? `"${word}", which is no rule and no code` : `no rule and no code "${word}"`}.`,
    `${hint}"meshlint rules" lists them all.`,
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
