import { relative, resolve } from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import type { AnalyzeOptions } from '../engine/analyze.ts';
import type { FixPlanner } from '../engine/fixes.ts';
import { parseSuppression, type Suppression } from '../engine/suppress.ts';
import type { LiveState } from '../model/live.ts';
import type { RuleHead, Severity } from '../sdk/rule.ts';
import type { LiveMemory } from '../session/live-memory.ts';
import {
  type MeshRequest,
  openAll,
  openSession,
  type Session,
  type SessionRequest,
} from '../session/session.ts';
import type { Worlds } from '../session/worlds.ts';
import { askingFlags, wantsSeveral } from './cluster-flags.ts';
import { applySettings, type Configured } from './configured.ts';
import type { FixWish } from './fix.ts';
import { choice, type Given, isOn, last, list } from './flags.ts';
import type { Output } from './outputs.ts';
import { readSelection } from './selection.ts';
import { readStdin } from './stdin.ts';

/** What a command reads. */
export interface InputRequest extends SessionRequest {
  /** Where a cluster is to be read: what says which, and how. */
  readonly live?: ClusterWish;
  /** Whether a snapshot was met; known once the input is open. */
  readonly readsSnapshot?: () => boolean;
}

export interface ClusterWish {
  readonly given: Given;
  readonly environment: NodeJS.ProcessEnv;
  /** What is known of it already: nothing is read then. */
  readonly known?: KnownCluster;
}

/** A state of a cluster that is followed. */
export interface KnownCluster {
  readonly state: LiveState;
  /** What is kept from one state to the next. */
  readonly memory: LiveMemory;
  /** It is only tried what would be if this were the state. */
  readonly isTrial?: boolean;
}

/** Opens the files that a command reads, or the cluster. */
export async function openInput(request: InputRequest): Promise<Session> {
  if (request.live === undefined) return openSession(request);
  return (await import('./live.ts')).openLiveInput(request.live, request);
}

/** The same for those who only want a report: it may be of several clusters. */
export async function openInputs(request: InputRequest): Promise<Pick<Session, 'analyze'>> {
  if (request.live === undefined) return openAll(request);
  if (wantsSeveral(request.live.given)) {
    return (await import('./live-clusters.ts')).openLiveInputs(request.live, request);
  }
  return (await import('./live.ts')).openLiveInput(request.live, request);
}

/** All that `analyze` was asked for, checked. */
export interface AnalyzeRequest {
  readonly session: InputRequest;
  readonly analyze: AnalyzeOptions;
  /** Environments that are judged by themselves. */
  readonly worlds?: Worlds;
  readonly rules: readonly RuleHead[];
  /** The file of known findings, where one is named. */
  readonly baselineFile: string | undefined;
  readonly failOn: Severity | 'never';
  /** Absent: text on standard output. */
  readonly outputs?: readonly Output[];
  readonly verbose: boolean;
  readonly quiet: boolean;
  /** What is to be fixed; absent when nothing is. */
  readonly fix?: FixWish;
  readonly color: boolean | undefined;
  /** Files beside the input that count: the configuration, and what flags name. */
  readonly files: readonly string[];
}

const severities = ['error', 'warning', 'info'] as const satisfies readonly Severity[];

/**
 * Checks the flags of `analyze` and its configuration. Throws ConfigError for what cannot be used. `ofCluster`: it is about a
 * cluster, whatever files the configuration names.
 */
export async function readAnalyzeRequest(
  written: Given,
  environment: NodeJS.ProcessEnv,
  { withBaseline = true, ofCluster = false } = {},
): Promise<AnalyzeRequest> {
  const filesOnly = isOn(written, 'only-files') ?? false;
  if (filesOnly && !isAboutChange(written)) {
    throw new ConfigError(
      '--only-files has a meaning only with --changed or --staged.',
      'Add one of them, or leave it out: paths are then what is analyzed.',
    );
  }
  const settings = await applySettings(filesOnly ? { ...written, positionals: [] } : written);
  const configured = ofCluster ? withoutFiles(settings) : settings;
  const { given, rules } = configured;
  const namespace = last(given, 'namespace');
  const show = choice(given, 'show', severities);
  const outputs = await readOutputs(given);
  const fix = readFixWish(given);
  const baselineFile = last(given, 'baseline');
  const session = withoutBaseline(await sessionRequest(configured, written, environment, true), baselineFile);
  const { live } = session;
  return {
    session,
    ...(configured.worlds === undefined || live !== undefined ? {} : { worlds: configured.worlds }),
    analyze: {
      ...configured.analyze,
      selection: {
        only: await readSelection('rule', list(given, 'rule'), rules),
        enable: await readSelection('enable', list(given, 'enable'), rules),
        disable: await readSelection('disable', list(given, 'disable'), rules),
      },
      suppressions: [
        ...(await Promise.all(
          (given.flags.get('suppress') ?? []).map((text) => readSuppression(text, rules)),
        )),
        ...(configured.analyze.suppressions ?? []),
      ],
      codes: async () => (await import('../../rules/codes.ts')).codes,
      ...(environment.MESHLINT_TODAY === undefined ? {} : { today: environment.MESHLINT_TODAY }),
      ...(baselineFile === undefined || !withBaseline ? {} : await readBaseline(baselineFile)),
      ...(show === undefined ? {} : { show }),
      ...(namespace === undefined || isOn(given, 'all-namespaces') ? {} : { namespace }),
      ...(fix === undefined && !outputs?.some(showsFixes) ? {} : { planFix: lazyFixPlanner() }),
    },
    rules,
    baselineFile,
    ...(fix === undefined ? {} : { fix }),
    failOn: choice(given, 'fail-on', [...severities, 'never']) ?? 'error',
    ...(outputs === undefined ? {} : { outputs }),
    verbose: isOn(given, 'verbose') ?? false,
    quiet: isOn(given, 'quiet') ?? false,
    color: isOn(given, 'color'),
    files: [
      ...configured.layers.flatMap(({ name, folder }) => (folder === undefined ? [] : [name])),
      ...['mesh-config', 'mesh-networks', 'crds', 'baseline'].flatMap((flag) => given.flags.get(flag) ?? []),
    ],
  };
}

/** Whether only what a change is answerable for is to be reported. */
export function isAboutChange(given: Given): boolean {
  return given.flags.has('changed') || isOn(given, 'staged') === true;
}

/** What every command that reads input asks of a session. */
export async function readSessionRequest(
  given: Given,
  environment: NodeJS.ProcessEnv,
): Promise<InputRequest> {
  return sessionRequest(await applySettings(given), given, environment);
}

/** The same for what is about a cluster, whatever files the configuration names. */
export async function readClusterRequest(
  given: Given,
  environment: NodeJS.ProcessEnv,
): Promise<InputRequest> {
  return sessionRequest(withoutFiles(await applySettings(given)), given, environment);
}

function withoutFiles({ worlds: _, ...configured }: Configured): Configured {
  const flags = new Map([...configured.given.flags, ['use-kube', ['true']]]);
  return { ...configured, given: { positionals: [], flags } };
}

async function sessionRequest(
  { given, session, worlds }: Configured,
  written: Given,
  environment: NodeJS.ProcessEnv,
  judgesWorlds = false,
): Promise<InputRequest> {
  const { flags } = given;
  const hasPaths = given.positionals.length > 0 || flags.has('cluster') || isAboutChange(given);
  const combinations = () => import('./combinations.ts');
  let hasSnapshot = false;
  const isLive =
    (!hasPaths || askingFlags.some((name) => flags.has(name))) &&
    (await combinations()).readsCluster(given, written, {
      hasPaths,
      hasWorlds: worlds !== undefined,
      judgesWorlds,
    });
  const world = choice(given, 'world', ['auto', 'open', 'closed']);
  const render = choice(given, 'render', ['auto', 'never', 'require']) ?? 'auto';
  const renderTimeout = durationOf(given, 'render-timeout');
  const { render: renderSettings, ...others } = session;
  const crds = flags.get('crds');
  const contexts = [...list(given, 'contexts'), ...(flags.get('context') ?? []).slice(-1)];
  const namespace = last(given, 'namespace');
  return {
    ...others,
    ...(isLive ? { live: { given, environment } } : {}),
    paths: given.positionals,
    exclude: flags.get('exclude') ?? [],
    stdin: readStdin,
    ignoreUnknown: isOn(given, 'ignore-unknown') ?? false,
    forceSlow: environment.MESHLINT_PARSER === 'slow',
    ...(render === 'never'
      ? {}
      : {
          render: {
            ...renderSettings,
            mode: render,
            ...(renderTimeout === undefined ? {} : { timeout: renderTimeout }),
          },
        }),
    ...(world === undefined ? {} : { world }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(crds === undefined ? {} : { crds }),
    mesh: readMesh(given),
    installation: installationOf(given),
    ...(contexts.length === 0
      ? {}
      : { contexts, wantsSnapshot: isOn(given, 'offline') !== true && isOn(given, 'use-kube') !== false }),
    acceptSnapshot: async (hasFiles) => {
      hasSnapshot = true;
      (await combinations()).refuseForSnapshot(written, hasFiles);
    },
    readsSnapshot: () => hasSnapshot,
  };
}

function readFixWish(given: Given): FixWish | undefined {
  const unsafe = isOn(given, 'fix-unsafe') ?? false;
  const dryRun = isOn(given, 'fix-dry-run') ?? false;
  if (!unsafe && !dryRun && !isOn(given, 'fix')) return undefined;
  if (isOn(given, 'watch')) {
    throw new ConfigError('--watch changes no files.', 'Run with --fix first, and watch afterwards.');
  }
  return { unsafe, dryRun, quiet: isOn(given, 'quiet') ?? false };
}

/** Loads the code when the first finding has a fix. */
function lazyFixPlanner(): FixPlanner {
  let planner: FixPlanner | undefined;
  return async (...what) => {
    planner ??= (await import('../fix/index.ts')).createFixPlanner();
    return planner(...what);
  };
}

function readMesh(given: Given): MeshRequest {
  const fields: [keyof MeshRequest, string | undefined][] = [
    ['meshConfigFile', last(given, 'mesh-config')],
    ['meshNetworksFile', last(given, 'mesh-networks')],
    ['istioVersion', readVersion(given, 'istio-version')],
    ['upgradeTo', readVersion(given, 'upgrade-to')],
    ['rootNamespace', last(given, 'root-namespace')],
    ['clusterDomain', last(given, 'cluster-domain')],
    ['trustDomain', last(given, 'trust-domain')],
  ];
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
}

/** Which Istio of a cluster is meant, where there may be several. */
export function installationOf(given: Given): Pick<MeshRequest, 'istioNamespace' | 'revision'> {
  const istioNamespace = last(given, 'istio-namespace');
  const revision = last(given, 'revision');
  return {
    ...(istioNamespace === undefined ? {} : { istioNamespace }),
    ...(revision === undefined ? {} : { revision }),
  };
}

/** Milliseconds of a flag's `90s`, `2m` or `500ms`. */
export function durationOf(given: Given, flag: string): number | undefined {
  const text = last(given, flag);
  return text === undefined ? undefined : readDuration(text, `--${flag}`);
}

/** Milliseconds of `90s`, `2m` or `500ms`; `what` is what holds the text. */
export function readDuration(text: string, what: string): number {
  const [, amount, unit = ''] = /^([0-9]+(?:\.[0-9]+)?)(ms|s|m)$/.exec(text) ?? [];
  const milliseconds = Number(amount) * (unit === 'ms' ? 1 : unit === 's' ? 1000 : 60_000);
  // Timers take no more than 31 bits.
  if (milliseconds >= 1 && milliseconds < 2 ** 31) return milliseconds;
  throw new ConfigError(`${what} cannot be "${text}".`, 'It takes a duration, as 90s, 2m or 500ms.');
}

/** `1.28` of `1.28.3` and `v1.28`. */
function readVersion(given: Given, flag: string): string | undefined {
  const text = last(given, flag);
  return text === undefined ? undefined : readRelease(text, `--${flag}`);
}

/** The release that a text names; `what` is what holds the text. */
export function readRelease(text: string, what = 'It'): string {
  const version = /^v?([0-9]+\.[0-9]+)(?:[.-].*)?$/.exec(text)?.[1];
  if (version !== undefined) return version;
  throw new ConfigError(`${what} cannot be "${text}".`, 'It takes a release, as 1.28 or 1.28.3.');
}

async function readOutputs(given: Given): Promise<readonly Output[] | undefined> {
  const written = given.flags.get('format') ?? [];
  const file = last(given, 'output-file');
  if (written.length === 0 && file === undefined) return undefined;
  return (await import('./outputs.ts')).readOutputs(written, file);
}

function showsFixes({ format }: Output): boolean {
  return format === 'json' || format === 'yaml' || format === 'sarif';
}

/** The baseline is no input. */
export function withoutBaseline(session: InputRequest, file: string | undefined): InputRequest {
  if (file === undefined) return session;
  return { ...session, exclude: [...(session.exclude ?? []), relative(process.cwd(), resolve(file))] };
}

async function readBaseline(file: string): Promise<AnalyzeOptions> {
  return { baseline: await (await import('./baseline.ts')).openBaseline(file) };
}

/** Reads a `-S` value, whose rule must exist. */
async function readSuppression(text: string, rules: readonly RuleHead[]): Promise<Suppression> {
  const suppression = parseSuppression(text);
  if (suppression === undefined) {
    throw new ConfigError(
      `--suppress cannot be "${text}".`,
      'It takes CODE=RESOURCE, as "IST0101=VirtualService shop/*".',
    );
  }
  if (suppression.code !== '*') await readSelection('suppress', [suppression.code], rules);
  return suppression;
}
