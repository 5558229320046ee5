// Inputs that are judged as files and as a cluster, and what is found in them.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '../../rules/index.gen.ts';
import type { Diagnostic } from '../../src/engine/diagnostic.ts';
import type { Kind } from '../../src/model/kinds.gen.ts';
import type { LiveState } from '../../src/model/live.ts';
import type { RuleHead } from '../../src/sdk/rule.ts';
import { openLive } from '../../src/session/live.ts';
import { openTexts, type Session, type WorldRequest } from '../../src/session/session.ts';
import type { Texts } from './live-state.ts';

export interface Input {
  readonly texts: Texts;
  readonly mesh?: NonNullable<WorldRequest['mesh']>;
  /** Rules that are off by default and wanted here. */
  readonly enable?: readonly string[];
}

export interface NamedInput extends Input {
  readonly name: string;
}

/** What is found in files that are all there is. */
export async function inFiles(input: Input): Promise<string[]> {
  const { texts, mesh = {} } = input;
  return findings(await openTexts(texts, { world: 'closed', mesh }), input);
}

/** What is found in a cluster, by all rules or by some. */
export async function inCluster(
  input: Input,
  state: LiveState,
  by: readonly RuleHead[] = rules,
): Promise<string[]> {
  return findings(await openLive(state, { mesh: input.mesh ?? {} }), input, by);
}

/** The rules that can judge otherwise without a kind: those that read it, and what speaks for other rooms. */
export async function readersOf(kind: Kind): Promise<readonly RuleHead[]> {
  const loaded = await Promise.all(rules.map(async (head) => ({ head, ...(await head.load()) })));
  const isReader = ({ head, rule }: (typeof loaded)[number]): boolean =>
    head.needs === undefined || rule.reads[kind] !== undefined;
  return loaded.filter(isReader).map(({ head }) => head);
}

async function findings(session: Session, { enable = [] }: Input, by = rules): Promise<string[]> {
  const selection = { enable: new Set(enable) };
  const { report } = await session.analyze(by, 'test', { selection });
  return report.diagnostics.map(said).sort();
}

/** What a finding says, wherever it stands. */
function said({ resource, path, related, ...finding }: Diagnostic): string {
  const { code, rule, severity, message, fingerprint, nearMiss, suggestion, assumes } = finding;
  const others = related.map((other) => ({ resource: other.resource, path: other.path, note: other.note }));
  // Without a resource the fingerprint is of the place.
  const print = resource === undefined ? '' : fingerprint;
  const words = { code, rule, severity, message, nearMiss, suggestion, assumes };
  return JSON.stringify({ ...words, resource, path, others, print });
}

/** The folders of `examples/`. */
export function exampleInputs(): NamedInput[] {
  return readdirSync('examples', { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, texts: filesIn(join('examples', name)) }));
}

function filesIn(folder: string): Texts {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => ({ path: join(folder, name), raw: readFileSync(join(folder, name), 'utf8') }));
}

/** Where recorded inputs are, if they are. */
export const recordedFolder = process.env.MESHLINT_CONFORMANCE ?? '../shared/conformance';
export const isRecorded = existsSync(recordedFolder);

interface Recorded {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly meshConfig?: string;
  readonly meshNetworks?: string;
}

/** Inputs of the recorded cases. */
export function recordedInputs(): NamedInput[] {
  const at = (name: string): string => join(recordedFolder, 'inputs', name);
  const cases: Recorded[] = JSON.parse(readFileSync(join(recordedFolder, 'analyzers.json'), 'utf8'));
  return cases.map(({ name, inputs, meshConfig, meshNetworks }) => ({
    name,
    texts: inputs.map((path) => ({ path, raw: readFileSync(at(path), 'utf8') })),
    mesh: {
      ...(meshConfig === undefined ? {} : { meshConfigFile: at(meshConfig) }),
      ...(meshNetworks === undefined ? {} : { meshNetworksFile: at(meshNetworks) }),
    },
  }));
}
