// Whatever happens to a cluster that is followed, what is found in it is what a fresh look at it finds.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rules } from '../rules/index.gen.ts';
import type { AnalyzeOptions } from '../src/engine/analyze.ts';
import { parseSuppression } from '../src/engine/suppress.ts';
import { inOrder } from '../src/load/cluster/read-cluster.ts';
import type { Kind } from '../src/model/kinds.gen.ts';
import type { LiveObject, LiveState } from '../src/model/live.ts';
import { openLive } from '../src/session/live.ts';
import { createLiveMemory } from '../src/session/live-memory.ts';
import { listRuleFolders, readRuleFolder } from '../src/testing/index.ts';
import { kindOf, liveStateOf, without } from './support/live-state.ts';

const RUNS = Number(process.env.MESHLINT_FUZZ ?? 40);
const SEED = Number(process.env.MESHLINT_FUZZ_SEED ?? 20261121);

type Value = LiveObject['value'];

/** What the examples of all rules hold, example by example. */
const examples: (readonly Value[])[] = [];
for (const name of await listRuleFolders('rules')) {
  for (const { files, settings } of (await readRuleFolder('rules', name)).examples) {
    if (settings.world !== 'closed' || files.some(({ cluster }) => cluster !== undefined)) continue;
    const { objects } = await liveStateOf(files.map(({ path, text }) => ({ path, raw: text })));
    examples.push(objects.map(({ value }) => value));
  }
}

type Change =
  /** All objects of an example come, or take the place of what is called like them. */
  | { readonly op: 'apply'; readonly example: number }
  | { readonly op: 'delete'; readonly object: number }
  /** A text or number somewhere in an object becomes that of another place, or something else. */
  | { readonly op: 'edit'; readonly object: number; readonly leaf: number; readonly from: number }
  /** Istio is set up otherwise. */
  | { readonly op: 'configure'; readonly settings: string }
  /** A kind can no longer be read, or all can again. */
  | { readonly op: 'hide'; readonly object: number }
  | { readonly op: 'show' };

const settings = [
  'trustDomain: other.example',
  'outboundTrafficPolicy: {mode: REGISTRY_ONLY}',
  'rootNamespace: shop',
  'enableAutoMtls: false',
  'defaultConfig: {interceptionMode: TPROXY}',
  ': no settings',
];

const index = fc.nat(100_000);
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ op: fc.constant('apply' as const), example: index }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('delete' as const), object: index }) },
  {
    weight: 6,
    arbitrary: fc.record({ op: fc.constant('edit' as const), object: index, leaf: index, from: index }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant('configure' as const), settings: fc.constantFrom(...settings) }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('hide' as const), object: index }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('show' as const) }) },
);
const step = fc.record({ change, isTrial: fc.boolean() });

interface World {
  readonly objects: readonly LiveObject[];
  readonly hidden: readonly Kind[];
}

function apply({ objects, hidden }: World, change: Change): World {
  switch (change.op) {
    case 'apply':
      return { objects: laidOver(objects, at(examples, change.example) ?? []), hidden };
    case 'delete':
      return { objects: objects.filter((one) => one !== at(objects, change.object)), hidden };
    case 'edit': {
      const [object, other] = [at(objects, change.object), at(objects, change.from)];
      if (object === undefined || other === undefined) return { objects, hidden };
      const fresh = { value: structuredClone(object.value) };
      const place = at(leavesOf(fresh.value), change.leaf);
      const word = at(leavesOf(other.value), change.from);
      if (place !== undefined && word !== undefined) Reflect.set(place.owner, place.key, word.value);
      return { objects: objects.map((one) => (one === object ? fresh : one)), hidden };
    }
    case 'configure': {
      const metadata = { namespace: 'istio-system', name: 'istio' };
      const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { mesh: change.settings } };
      return { objects: laidOver(objects, [map]), hidden };
    }
    case 'hide': {
      const kind = kindOf(at(objects, change.object)?.value ?? {});
      return { objects, hidden: kind === undefined ? hidden : [...hidden, kind] };
    }
    case 'show':
      return { objects, hidden: [] };
  }
}

function laidOver(objects: readonly LiveObject[], values: readonly Value[]): readonly LiveObject[] {
  const named = new Map(objects.map((object) => [nameOf(object.value), object]));
  for (const value of values) named.set(nameOf(value), { value });
  return [...named.values()];
}

function nameOf({ apiVersion, kind, metadata }: Value): string {
  const { namespace, name } = Object(metadata);
  return [apiVersion, kind, namespace, name].join(' ');
}

interface Leaf {
  readonly owner: object;
  readonly key: string;
  readonly value: unknown;
}

/** The texts and the like in an object; its kind stays what it is. */
function leavesOf(owner: object): Leaf[] {
  return Object.entries(owner).flatMap(([key, value]): Leaf[] => {
    if (typeof value === 'object' && value !== null) return leavesOf(value);
    return key === 'apiVersion' || key === 'kind' ? [] : [{ owner, key, value }];
  });
}

function at<T>(list: readonly T[], index: number): T | undefined {
  return list[index % Math.max(1, list.length)];
}

const suppression = parseSuppression('IST0101=VirtualService *');
const options: AnalyzeOptions = {
  selection: { enable: new Set(rules.filter(({ optIn }) => optIn).map(({ code }) => code)) },
  suppressions: suppression === undefined ? [] : [{ ...suppression, judged: true }],
  today: '2026-11-21',
};

const empty = await liveStateOf([]);
function stateOf({ objects, hidden }: World): LiveState {
  return without({ ...empty, objects: inOrder(objects) }, hidden);
}

test('what is kept of a cluster never changes what is found', { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(index, { minLength: 1, maxLength: 6 }),
      fc.array(step, { minLength: 1, maxLength: 12 }),
      async (starts, steps) => {
        const memory = createLiveMemory();
        const judge = async (world: World, isTrial: boolean): Promise<void> => {
          const state = stateOf(world);
          const text = JSON.stringify(state);
          const kept = await (await memory.open(state, { isTrial })).analyze(rules, 'test', options);
          expect(JSON.stringify(state)).toBe(text);
          const fresh = await (await openLive(JSON.parse(text))).analyze(rules, 'test', options);
          expect(kept.report).toEqual(fresh.report);
          expect(kept.counted).toEqual(fresh.counted);
        };
        let world: World = { objects: [], hidden: [] };
        for (const example of starts) world = apply(world, { op: 'apply', example });
        await judge(world, false);
        for (const { change, isTrial } of steps) {
          const next = apply(world, change);
          await judge(next, isTrial);
          if (!isTrial) world = next;
        }
      },
    ),
    { numRuns: RUNS, seed: SEED },
  );
});
