import { Command, CommanderError, Option } from 'commander';
import { analyze } from './analyze.ts';
import { analyzeFlags } from './analyze-flags.ts';
import { type Flag, type Given, push, spellings } from './flags.ts';
import * as help from './help.ts';
import { serveFlags, serveHelp } from './serve-flags.ts';
import { print, printError, terminalWidth } from './terminal.ts';
import { version } from './version.ts';

const USAGE = 2;

/** Reads any command line with commander, runs the command, and gives the exit code. */
export async function runProgram(args: readonly string[]): Promise<number> {
  let code = 0;
  const program = createProgram((done) => {
    code = done;
  });
  try {
    await program.parseAsync(withPlainSwitches(args), { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : USAGE;
  }
}

/** Runs a command with what was given to it. */
type Run = (given: Given) => number | Promise<number>;

/** All commands. Each loads its own code when it runs. */
export function createProgram(done: (code: number) => void): Command {
  const flagsOf = new Map<Command, readonly Flag[]>();
  const program = new Command('meshlint')
    .description(help.about)
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', help.exitCodes)
    .configureHelp({
      helpWidth: terminalWidth().prose,
      showGlobalOptions: false,
      optionTerm: (option) => option.flags.replace(' [', '[='),
    })
    .configureOutput({ writeOut: (text) => print([text]), writeErr: printError })
    .exitOverride();

  function add(
    name: string,
    summary: string,
    text: help.CommandHelp,
    flags: readonly Flag[],
    run: Run,
  ): Command {
    const command = program
      .command(name)
      .summary(summary)
      .description(text.about)
      .addHelpText('after', text.after)
      .showHelpAfterError(`Run "meshlint ${name.split(' ')[0]} --help" for its flags.`);
    const given = addFlags(command, flags);
    flagsOf.set(command, flags);
    return command.action(async () => {
      done(await run({ positionals: command.args, flags: given }));
    });
  }

  add(
    'analyze [path...]',
    'find what is wrong with Istio configuration',
    help.analyze,
    analyzeFlags,
    analyze,
  );
  add('ui [path...]', 'browse findings on the terminal', help.ui, help.uiFlags, async (given) =>
    (await import('./ui/ui.ts')).ui(given),
  );
  add('rules', 'list every rule', help.rules, help.rulesFlags, async (given) =>
    (await import('./rules.ts')).rulesCommand(given),
  );
  add(
    'explain <what> [subject-or-path...]',
    "print a rule's page, what a field is for, or what applies to a workload and why",
    help.explain,
    help.explainFlags,
    async (given) => (await import('./explain.ts')).explain(given, process.env),
  );
  add(
    'describe <subject> [path...]',
    'tell all that applies to a workload, Service or namespace',
    help.describe,
    help.describeFlags,
    async (given) => (await import('./describe.ts')).describe(given, process.env),
  );
  add(
    'graph [path...]',
    'draw what names what, and whether it is there',
    help.graph,
    help.graphFlags,
    async (given) => (await import('./graph.ts')).graph(given, process.env),
  );
  add(
    'world [path...]',
    'tell what was understood of the input',
    help.world,
    help.worldFlags,
    async (given) => (await import('./world.ts')).world(given, process.env),
  );
  add('rbac', 'print the roles that reading a cluster needs', help.rbac, help.rbacFlags, async (given) =>
    (await import('./rbac.ts')).rbac(given),
  );
  add(
    'init [path...]',
    'write a meshlint.yaml that fits what is here',
    help.init,
    help.initFlags,
    async (given) => (await import('./init.ts')).init(given, process.env),
  );
  add(
    'config [path...]',
    'print the configuration that holds here, and where it comes from',
    help.config,
    help.configFlags,
    async (given) => (await import('./config.ts')).config(given),
  );
  add(
    'baseline [path...]',
    'write down the findings that are there, so that only new ones count',
    help.baseline,
    help.baselineFlags,
    async (given) => (await import('./baseline.ts')).baselineCommand(given, process.env),
  );
  add(
    'serve',
    'follow a cluster: metrics of its findings, and admission reviews',
    serveHelp,
    serveFlags,
    async (given) => (await import('./serve.ts')).serve(given, process.env),
  );
  add(
    'diff-impact [path...]',
    'tell what files would do to a cluster: new findings, and those that are gone',
    help.diffImpact,
    help.diffImpactFlags,
    async (given) => (await import('./diff-impact.ts')).diffImpact(given, process.env),
  );
  add(
    'snapshot',
    'keep what a cluster holds in a file, to analyze it elsewhere',
    help.snapshot,
    help.snapshotFlags,
    async (given) => (await import('./snapshot.ts')).snapshot(given, process.env),
  );
  add(
    'completion <shell>',
    'print what lets bash, zsh or fish complete the rest',
    help.completion,
    [],
    async (given) => (await import('./completion.ts')).completion(given),
  );
  program
    .command('__complete <shell> [word...]', { hidden: true })
    .action(async (shell: string, words: readonly string[]) => {
      const { printCandidates } = await import('./completion.ts');
      await printCandidates(shell, words, { program, flagsOf: (command) => flagsOf.get(command) ?? [] });
    });
  return program;
}

/** Makes options of a table, and gathers what they are given under the names of the table. */
export function addFlags(command: Command, flags: readonly Flag[]): ReadonlyMap<string, readonly string[]> {
  const given = new Map<string, string[]>();
  for (const flag of flags) {
    const value = flag.value === undefined ? '' : flag.optional ? ` [${flag.value}]` : ` <${flag.value}>`;
    const short = flag.short === undefined ? '' : `-${flag.short}, `;
    const aliases = flag.aliases === undefined ? '' : ` (also --${flag.aliases.join(', --')})`;
    const option = new Option(`${short}--${flag.name}${value}`, flag.help + aliases).helpGroup(flag.group);
    const others = [
      ...(flag.aliases ?? []).map((alias) => new Option(`--${alias}${value}`)),
      ...(flag.value === undefined || flag.negatable ? [new Option(`--no-${flag.name}`)] : []),
    ];
    command.addOption(flag.hidden ? option.hideHelp() : option);
    for (const other of others) command.addOption(other.helpGroup(flag.group).hideHelp());
    for (const each of [option, ...others]) {
      command.on(`option:${each.name()}`, (text?: string) => {
        if (each.negate && flag.negatable) push(given, `no-${flag.name}`, 'true');
        else push(given, flag.name, text ?? (each.negate ? 'false' : 'true'));
      });
    }
  }
  return given;
}

/** `--switch=false`, as istioctl's flags may be written, becomes `--no-switch`; a flag left without its value gets an empty one. */
export function withPlainSwitches(args: readonly string[]): string[] {
  const switches = new Map<string, string>();
  const optional = new Set<string>();
  for (const flag of analyzeFlags) {
    if (flag.optional) for (const spelling of spellings(flag)) optional.add(spelling);
    if (flag.value === undefined) for (const spelling of spellings(flag)) switches.set(spelling, flag.name);
  }
  const end = args.indexOf('--');
  return args.map((arg, i) => {
    if (optional.has(arg) && !(end >= 0 && i > end)) return `${arg}=`;
    const [, spelling = '', value = ''] = /^(--?[A-Za-z-]+)=(true|false|1|0)$/i.exec(arg) ?? [];
    const name = end >= 0 && i > end ? undefined : switches.get(spelling);
    if (name === undefined) return arg;
    return value === '1' || value.toLowerCase() === 'true' ? `--${name}` : `--no-${name}`;
  });
}
