import { EventEmitter, once } from 'node:events';
import { isatty } from 'node:tty';
import { ConfigError } from '../../config/config-error.ts';
import { type Analysis, exitCode } from '../../engine/analyze.ts';
import { createFixPlanner } from '../../fix/index.ts';
import { createMemory, type Memory } from '../../load/memory.ts';
import type { Session } from '../../session/session.ts';
import { judge, tellIgnored } from '../analyze.ts';
import type { Given } from '../flags.ts';
import { type AnalyzeRequest, openInput, readAnalyzeRequest } from '../options.ts';
import { readPages } from '../pages.ts';
import { withProgress } from '../progress.ts';
import { isTerminal, wantsColor } from '../terminal.ts';
import { version } from '../version.ts';
import { openScreen } from './draw.ts';
import { repair, suppress } from './edits.ts';
import { extentOf, frame, type Size } from './frame.ts';
import { createModel, type Model } from './model.ts';
import { type Effect, type Key, press, renew, type State, startState } from './state.ts';

/** What asks for something else than one input to browse. */
const instead = [
  'cluster',
  'contexts',
  'remote-contexts',
  'discover-remotes',
  'changed',
  'staged',
  'fix',
  'fix-unsafe',
  'fix-dry-run',
  'watch',
  'format',
  'output-file',
];

/** `meshlint ui`: findings, source, pages and the graph to browse. Gives the exit code of the last check. */
export async function ui(given: Given): Promise<number> {
  const other = instead.find((flag) => given.flags.has(flag));
  if (other !== undefined) {
    throw new ConfigError(
      `--interactive cannot be combined with --${other}.`,
      'Leave one of them out; "meshlint ui --help" lists the flags.',
    );
  }
  if (!isatty(0) || !isTerminal('stdout') || process.env.TERM === 'dumb') {
    throw new ConfigError(
      'meshlint ui needs a terminal to draw on and to read keys from.',
      'Elsewhere, "meshlint analyze" prints the same findings.',
    );
  }
  if (given.positionals.includes('-')) {
    throw new ConfigError(
      'meshlint ui cannot read standard input: keys come from there.',
      'Name files or folders instead.',
    );
  }
  const memory = createMemory();
  const pages = readPages();
  const page = (rule: string): string | undefined => (Object.hasOwn(pages, rule) ? pages[rule] : undefined);
  const request = await readAnalyzeRequest(given, process.env);
  let checked = await check(given, request, memory, true);
  await tellIgnored(given, request, checked.analysis);
  let model = createModel(checked.session.graph, checked.analysis, page);
  let state = startState(model);

  const end = new EventEmitter();
  const ended = once(end, 'end');
  const quit = (): void => {
    end.emit('end');
  };
  const screen = await openScreen({ key: onKey, interrupt: quit, resize: () => draw() });
  const size = (): Size => ({ ...screen.size(), color: wantsColor(request.color, process.env) });
  const draw = (): void => screen.draw(frame(state, model, size()));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, quit);

  /** Keys that come while an effect runs wait for it. */
  let queue: Promise<void> = Promise.resolve();
  function onKey(key: Key): void {
    queue = queue.then(async () => {
      const step = press(state, key, model, extentOf(state, model, size()));
      show(step.state);
      if (step.effect !== undefined) await run(step.effect);
    });
    queue.catch((error: unknown) => end.emit('error', error));
  }
  function show(next: State): void {
    state = next;
    draw();
  }
  async function run(effect: Effect): Promise<void> {
    if (effect.do === 'quit') return quit();
    if (effect.do === 'check') return again('checked');
    const { finding } = effect;
    const at = `${finding.location?.file}:${finding.location?.line}`;
    const fix = finding.fix && checked.analysis.fixes.get(finding.fix);
    if (effect.do === 'fix' && fix === undefined) return;
    const trouble =
      effect.do === 'suppress' ? await suppress(finding, effect.reason, model) : fix && (await repair(fix));
    if (trouble !== undefined) return show({ ...state, note: trouble });
    return again(`${effect.do === 'suppress' ? 'suppressed' : 'fixed'} ${finding.code} in ${at}`);
  }
  async function again(done: string): Promise<void> {
    memory.begin();
    try {
      // Read again, for the configuration may have changed, too.
      checked = await check(given, await readAnalyzeRequest(given, process.env), memory, false);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return show({ ...state, note: error.message });
    }
    const before: Model = model;
    model = createModel(checked.session.graph, checked.analysis, page);
    show(renew(state, before, model, done));
  }

  try {
    draw();
    await ended;
  } finally {
    await screen.close();
  }
  return exitCode(checked.analysis, request.failOn);
}

interface Checked {
  readonly session: Session;
  readonly analysis: Analysis;
}

function check(given: Given, request: AnalyzeRequest, memory: Memory, isFirst: boolean): Promise<Checked> {
  const wish = { ...request, quiet: !isFirst, analyze: { ...request.analyze, planFix: createFixPlanner() } };
  return withProgress(async (onProgress) => {
    const session = await openInput({ ...request.session, memory, onProgress });
    // Worlds are judged by themselves; the graph to browse is that of all files.
    if (request.worlds !== undefined) return { session, analysis: await judge(given, wish, memory) };
    return {
      session,
      analysis: await session.analyze(request.rules, version, { ...wish.analyze, onProgress }),
    };
  }, isFirst);
}
