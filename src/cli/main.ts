import { analyze } from './analyze.ts';
import { analyzeFlags } from './analyze-flags.ts';
import { fail } from './errors.ts';
import { readPlain } from './flags.ts';

/** Plain calls of `analyze` start without commander, which costs a sixth of such a run; it reads all others. */
async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  const given = command === 'analyze' ? readPlain(analyzeFlags, rest) : undefined;
  if (given !== undefined) return analyze(given);
  return (await import('./program.ts')).runProgram(args);
}

const args = process.argv.slice(2);
main(args)
  .catch((error: unknown) =>
    fail(error, args.includes('--debug') || (process.env.MESHLINT_DEBUG ?? '') !== ''),
  )
  // All that was written is written (terminal.ts): taking the heap down in order would cost a thirtieth of a short run.
  .then((code) => process.exit(code));
