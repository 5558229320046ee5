import { describe, expect, test } from 'vitest';
import { rules } from '../rules/index.gen.ts';
import type { Diagnostic } from '../src/engine/diagnostic.ts';
import { readTexts } from '../src/load/index.ts';
import type { LiveObject, LiveState } from '../src/model/live.ts';
import { openLive } from '../src/session/live.ts';
import { openOverlay } from '../src/session/overlay.ts';
import type { Session } from '../src/session/session.ts';
import { type Example, listRuleFolders, readRuleFolder } from '../src/testing/index.ts';
import { liveStateOf } from './support/live-state.ts';
import { exampleInputs, type Input } from './support/same-findings.ts';

// However a mesh is divided between a cluster and files over it, the same is found in it as in the cluster that has all.

/** Whether the manifest of this number is in a file. */
type Share = (i: number) => boolean;
const shares: Readonly<Record<string, Share>> = {
  'all in files': () => true,
  'all in both': () => true,
  'every second one in files': (i) => i % 2 === 1,
};

/** Rules about texts, of which a cluster has none, and about copies, which a file and a cluster never are. */
const aboutFiles: ReadonlySet<string> = new Set([
  'input/duplicate-key',
  'input/duplicate-resource',
  'input/invalid-suppression',
  'input/skipped-input',
  'input/unparsable-input',
  'input/unused-suppression',
]);

async function check(input: Input): Promise<void> {
  const { objects, ...rest } = await liveStateOf(input.texts);
  const whole: LiveState = { ...rest, objects: objects.map(dated) };
  const request = { mesh: input.mesh ?? {} };
  const alone = await findings(await openLive(whole, request), input);
  for (const [name, isInFile] of Object.entries(shares)) {
    const files = await readTexts(input.texts);
    const applied = files.manifests.map(({ value }, i) => isInFile(i) && !isMade(value));
    const kept = whole.objects.filter((_, i) => name === 'all in both' || applied[i] === false);
    const manifests = files.manifests.filter((_, i) => applied[i] === true);
    const layout = { kustomizations: [], opaque: [] };
    const overlay = await openOverlay({ ...whole, objects: kept }, { ...files, manifests, layout }, request);
    expect(await findings(overlay, input), name).toEqual(alone);
  }
}

/**
 * Nobody applies Pods, nor what the API server or a controller says of an object; and a Secret without content is a
 * placeholder in a file, and nothing else in a cluster.
 */
function isMade({ kind, status, metadata }: Record<string, unknown>): boolean {
  if (kind === 'Pod' || kind === 'Secret') return true;
  return status !== undefined || 'creationTimestamp' in (metadata as object);
}

/** As old as what the files add: of the same second, as far as names decide. */
function dated({ value }: LiveObject): LiveObject {
  const metadata = { creationTimestamp: '9999-12-31T23:59:59Z', ...(value.metadata as object) };
  return { value: { ...value, metadata } };
}

async function findings(session: Session, { enable = [] }: Input): Promise<string[]> {
  const selection = { enable: new Set(enable) };
  const { report } = await session.analyze(rules, 'test', { selection });
  return report.diagnostics
    .filter(({ rule }) => !aboutFiles.has(rule))
    .map(said)
    .sort();
}

/** What a finding says, wherever it stands. */
function said({ resource, path, rule, severity, message, suggestion }: Diagnostic): string {
  return JSON.stringify({ rule, severity, message, suggestion, resource, path });
}

describe('an example', () => {
  for (const input of exampleInputs()) test(input.name, () => check(input));
});

describe('the examples of a rule', async () => {
  for (const name of await listRuleFolders('rules')) {
    if (aboutFiles.has(name)) continue;
    const { examples } = await readRuleFolder('rules', name);
    test(name, async () => {
      for (const { files, settings } of examples.filter(isLive)) {
        const texts = files.map(({ path, text }) => ({ path, raw: text }));
        await check({ texts, mesh: settings.mesh, enable: [name] });
      }
    });
  }
});

function isLive({ settings, files }: Example): boolean {
  return settings.world === 'closed' && files.every(({ cluster }) => cluster === undefined);
}
