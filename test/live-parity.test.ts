import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Kind } from '../src/model/kinds.gen.ts';
import { type Example, listRuleFolders, readRuleFolder } from '../src/testing/index.ts';
import { kindOf, liveStateOf, namespacesOf, without, withoutNamespace } from './support/live-state.ts';
import {
  exampleInputs,
  type Input,
  inCluster,
  inFiles,
  isRecorded,
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

describe('an example of a rule', async () => {
  for (const name of await listRuleFolders('rules')) {
    for (const [i, example] of (await readRuleFolder('rules', name)).examples.entries()) {
      if (isLive(example) && !aboutTexts.has(name))
        check(`${name} ${i + 1}: ${example.title}`, inputOf(name, example));
    }
  }
});

function isLive({ settings, files }: Example): boolean {
  return settings.world === 'closed' && files.every(({ cluster }) => cluster === undefined);
}

function inputOf(rule: string, { files, settings }: Example): Input {
  const texts = files.map(({ path, text }) => ({ path, raw: text }));
  return { texts, mesh: settings.mesh, enable: [rule] };
}

/** Settings, of which the defaults are taken, and what says more of a kind than we know of it. */
const assumed: ReadonlySet<Kind> = new Set<Kind>([
  'ConfigMap',
  'IstioOperator',
  'Istio',
  'CustomResourceDefinition',
]);

describe('what could not be read', async () => {
  // Where nothing tells the release, an upgrade is an error of its own.
  const names = (await listRuleFolders('rules')).filter((name) => !name.startsWith('upgrade/'));
  for (const name of names) {
    test(name, async () => {
      const invented: string[] = [];
      for (const example of (await readRuleFolder('rules', name)).examples.filter(isLive)) {
        const input = inputOf(name, example);
        const state = await liveStateOf(input.texts);
        const whole = new Set((await inCluster(input, state)).map(gist));
        const kinds = new Set(state.objects.map(({ value }) => kindOf(value)));
        for (const kind of kinds) {
          if (kind === undefined || assumed.has(kind)) continue;
          for (const one of await inCluster(input, without(state, [kind]))) {
            if (!whole.has(gist(one))) invented.push(`${example.title} without ${kind}: ${one}`);
          }
        }
      }
      expect(invented).toEqual([]);
    });
  }
});

/** What is said otherwise where a namespace is hidden, and why that is no wrong. */
const otherwise: Readonly<Record<string, string>> = {
  'ambient/misplaced-gateway-class-target': 'the mesh configuration was not read, so it has its defaults',
  'ambient/pod-without-proxy': 'the injector was not read, so it has its defaults',
  'authz/evadable-path-rule': 'the mesh configuration was not read, so it has its defaults',
  'ambient/destination-rule-without-waypoint': 'istiod was not read, so it has its defaults',
  'ambient/waypoint-identity-denied': 'istiod was not read, so it has its defaults',
  'authz/insecure-jwks-uri': 'istiod was not read, so it has its defaults',
  'routing/tcp-entry-without-address': 'istiod was not read, so it has its defaults',
  'ambient/client-identity-hidden': 'clients elsewhere may have sidecars, which is told apart by name only',
  'mtls/tls-without-mode': 'a rule for all hosts is judged by the hosts that were read',
  'routing/conflicting-mesh-hosts': 'the same conflict is told at the next of its parties',
  'authz/unknown-principal': 'the example has no Namespace for its workloads, which no cluster does',
};

describe('a namespace that could not be read', async () => {
  const said = new Set<string>();
  for (const name of (await listRuleFolders('rules')).filter((one) => !one.startsWith('upgrade/'))) {
    test(name, async () => {
      for (const example of (await readRuleFolder('rules', name)).examples.filter(isLive)) {
        const input = inputOf(name, example);
        const state = await liveStateOf(input.texts);
        const whole = new Set((await inCluster(input, state)).map(gist));
        for (const hidden of namespacesOf(state)) {
          for (const one of await inCluster(input, withoutNamespace(state, hidden))) {
            const { rule } = JSON.parse(one);
            if (whole.has(gist(one))) continue;
            expect(otherwise, `${example.title} without ${hidden}: ${one}`).toHaveProperty([rule]);
            said.add(rule);
          }
        }
      }
    });
  }
  test('nothing is listed in vain', () => {
    expect([...said].sort()).toEqual(Object.keys(otherwise).sort());
  });
});

/** What a finding is about: in words it may tell less than when all is read. */
function gist(said: string): string {
  const { rule, resource, path } = JSON.parse(said);
  return JSON.stringify({ rule, resource, path });
}
