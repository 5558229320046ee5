import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rules } from '../rules/index.gen.ts';
import type { Kind } from '../src/model/kinds.gen.ts';
import type { LiveState } from '../src/model/live.ts';
import { type Example, listRuleFolders, readRuleFolder } from '../src/testing/index.ts';
import {
  kindOf,
  liveStateOf,
  namespacesOf,
  without,
  withoutNamespace,
  withoutSettings,
} from './support/live-state.ts';
import {
  exampleInputs,
  type Input,
  inCluster,
  inFiles,
  isRecorded,
  readersOf,
  recordedFolder,
  recordedInputs,
} from './support/same-findings.ts';

// A cluster is judged like files that hold the same, taken for all there is; and of what could not be read nothing is
// concluded.

/** Inputs whose findings differ, with the reason. */
const different: Readonly<Record<string, string>> = {
  'house-rules': 'files that are no manifests are not in a cluster',
  pipelines: 'files that are no manifests are not in a cluster',
};

/** Rules about texts: a cluster has none. */
const aboutTexts: ReadonlySet<string> = new Set([
  'input/duplicate-key',
  'input/invalid-suppression',
  'input/skipped-input',
  'input/unparsable-input',
  'input/unused-suppression',
]);

function check(name: string, input: Input): void {
  const reason = different[name];
  test(name, async () => {
    const [live, closed] = [await inCluster(input, await liveStateOf(input.texts)), await inFiles(input)];
    if (reason === undefined) expect(live).toEqual(closed);
    else expect(live, 'they are alike: take it from the list').not.toEqual(closed);
  });
}

describe('an example', () => {
  for (const input of exampleInputs()) check(input.name, input);
});

describe.skipIf(!isRecorded)(`a recorded input (${recordedFolder})`, () => {
  if (!isRecorded) return;
  for (const input of recordedInputs()) check(input.name, input);
  const manifests = readFileSync(join(recordedFolder, 'validation.jsonl'), 'utf8').trim().split('\n');
  for (const line of manifests) {
    const { id, manifest } = JSON.parse(line);
    check(id, { texts: [{ path: `${id}.json`, raw: JSON.stringify(manifest) }] });
  }
});

/** A closed example of a rule, and what is found in a cluster that has all of it. */
interface Shown {
  readonly title: string;
  readonly input: Input;
  /** Read and judged once. */
  readonly whole: () => Promise<{ readonly state: LiveState; readonly findings: readonly string[] }>;
}

const shown = new Map<string, readonly Shown[]>();
for (const name of await listRuleFolders('rules')) {
  const { examples } = await readRuleFolder('rules', name);
  shown.set(
    name,
    examples.filter(isLive).map((example) => {
      const input = inputOf(name, example);
      const whole = once(async () => {
        const state = await liveStateOf(input.texts);
        return { state, findings: await inCluster(input, state) };
      });
      return { title: example.title, input, whole };
    }),
  );
}

function isLive({ settings, files }: Example): boolean {
  return settings.world === 'closed' && files.every(({ cluster }) => cluster === undefined);
}

function inputOf(rule: string, { files, settings }: Example): Input {
  const texts = files.map(({ path, text }) => ({ path, raw: text }));
  return { texts, mesh: settings.mesh, enable: [rule] };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

describe('an example of a rule', () => {
  for (const [name, examples] of shown) {
    if (aboutTexts.has(name)) continue;
    for (const [i, { title, input, whole }] of examples.entries()) {
      test(`${name} ${i + 1}: ${title}`, async () => {
        expect((await whole()).findings).toEqual(await inFiles(input));
      });
    }
  }
});

/** What Istio is installed by, which in a cluster only repeats what is set, and what says more of a kind than we know of it. */
const beside: ReadonlySet<Kind> = new Set<Kind>(['IstioOperator', 'Istio', 'CustomResourceDefinition']);

/** Where nothing tells the release, an upgrade is an error of its own. */
const hideable = [...shown].filter(([name]) => !name.startsWith('upgrade/'));

describe('what could not be read', () => {
  test.each(hideable)('%s', async (_, examples) => {
    const invented: string[] = [];
    for (const { title, input, whole } of examples) {
      const { state, findings } = await whole();
      const known = new Set(findings.map(gist));
      const kinds = new Set(state.objects.map(({ value }) => kindOf(value)));
      for (const kind of kinds) {
        if (kind === undefined || beside.has(kind)) continue;
        // Every rule may ask for a setting of the mesh.
        const by = kind === 'ConfigMap' ? undefined : await readersOf(kind);
        for (const one of await inCluster(input, without(state, [kind]), by)) {
          if (!known.has(gist(one)) && !isMarked(one)) invented.push(`${title} without ${kind}: ${one}`);
        }
      }
    }
    expect(invented).toEqual([]);
  });
});

/** What is said otherwise where a namespace is hidden, and why that is no wrong. */
const otherwise: Readonly<Record<string, string>> = {
  'mtls/tls-without-mode':
    'it is so; what would be said instead, of a server that refuses it, says more of the same',
  'routing/conflicting-mesh-hosts':
    'it is so; with one of several rivals out of sight it is told at the host of another',
};

describe('a namespace that could not be read', () => {
  const said = new Set<string>();
  test.each(hideable)('%s', async (_, examples) => {
    for (const { title, input, whole } of examples) {
      const { state, findings } = await whole();
      const known = new Set(findings.map(gist));
      for (const hidden of namespacesOf(state)) {
        for (const one of await inCluster(input, withoutNamespace(state, hidden))) {
          const { rule } = JSON.parse(one);
          if (known.has(gist(one)) || isMarked(one)) continue;
          expect(otherwise, `${title} without ${hidden}: ${one}`).toHaveProperty([rule]);
          said.add(rule);
        }
      }
    }
  });
  test('nothing is listed in vain', () => {
    expect([...said].sort()).toEqual(Object.keys(otherwise).sort());
  });
});

describe('settings of Istio that could not be read', () => {
  const marked = new Set<string>();
  test.each(hideable)('%s', async (name, examples) => {
    const own = rules.filter((head) => head.name === name);
    for (const { input, whole } of examples) {
      const state = withoutSettings((await whole()).state);
      const all = await inCluster(input, state);
      for (const one of all.filter(isMarked)) marked.add(JSON.parse(one).rule);
      // What rules share is worked out once, and what that assumes goes for each of them.
      expect(all.filter((one) => isOf(one, name))).toEqual(
        (await inCluster(input, state, own)).filter((one) => isOf(one, name)),
      );
    }
  });
  test('some findings are marked, and not all', () => {
    expect(marked).toContain('authz/evadable-path-rule');
    expect(marked).not.toContain('routing/missing-gateway');
  });
});

function isOf(said: string, rule: string): boolean {
  return JSON.parse(said).rule === rule;
}

/** Whether a finding says that it rests on defaults. */
function isMarked(said: string): boolean {
  return JSON.parse(said).assumes !== undefined;
}

/** What a finding is about: in words it may tell less than when all is read. */
function gist(said: string): string {
  const { rule, resource, path } = JSON.parse(said);
  return JSON.stringify({ rule, resource, path });
}
