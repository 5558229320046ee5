import { ConfigError } from '../config/config-error.ts';
import { type Candidate, complete, type Grammar } from './complete.ts';
import { completionScripts, type Shell } from './completion-scripts.ts';
import { type Given, orList } from './flags.ts';
import { print } from './terminal.ts';

/** `meshlint completion SHELL`. */
export function completion({ positionals: [shell = ''] }: Given): number {
  if (!isShell(shell)) {
    throw new ConfigError(
      `There is no completion for "${shell}".`,
      `It is there for ${orList(Object.keys(completionScripts))}.`,
    );
  }
  print([completionScripts[shell]]);
  return 0;
}

function isShell(word: string): word is Shell {
  return Object.hasOwn(completionScripts, word);
}

/** `meshlint __complete SHELL -- WORD...`, which the scripts call: the last word is the one to complete. */
export async function printCandidates(
  shell: string,
  words: readonly string[],
  grammar: Omit<Grammar, 'namesIn'>,
): Promise<void> {
  const { namesIn } = await import('./input-names.ts');
  const isBash = shell === 'bash';
  const whole = isBash ? joinAtEquals(words) : words;
  const { files, candidates } = await complete(whole, { ...grammar, namesIn });
  // bash replaces what stands behind the last `=` only.
  const cut = isBash ? (whole.at(-1) ?? '').lastIndexOf('=') + 1 : 0;
  const line = ({ word, about }: Candidate): string => `${word.slice(cut)}\t${about}\n`;
  print([files ? 'files\n' : 'words\n', ...candidates.map(line)]);
}

/** bash makes three words of `--format=json`. */
export function joinAtEquals(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const [i, word] of words.entries()) {
    const continues = i > 0 && (word === '=' || words[i - 1] === '=');
    if (continues && joined.length > 0) joined.push(`${joined.pop()}${word}`);
    else joined.push(word);
  }
  return joined;
}
