import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rules } from '../../rules/index.gen.ts';
import { exitCode } from '../../src/engine/analyze.ts';
import { type Kind, kinds } from '../../src/model/kinds.gen.ts';
import { openClusterTexts } from '../../src/session/clusters.ts';
import { openTexts } from '../../src/session/session.ts';
import { listRuleFolders, readRuleFolder } from '../../src/testing/index.ts';
import { fullManifest } from './full-manifests.ts';

// Any value at any path, replaced by nothing or by something of another type: no rule may fail, and the analysis ends
// with 0, 1 or 3. MESHLINT_FUZZ sets the number of runs (a long one: 5000).

const RUNS = Number(process.env.MESHLINT_FUZZ ?? 600);
const SEED = Number(process.env.MESHLINT_FUZZ_SEED ?? 20261120);

const replacements: readonly unknown[] = [
  null,
  '',
  [],
  {},
  0,
  -1,
  1.5,
  true,
  'text',
  '*',
  '~',
  '.',
  '/',
  'a/b/c',
  [null],
  [[]],
  { a: null },
  '\u0000\ud800',
  'x'.repeat(300),
];

type Json = Record<string, unknown>;
type Step = string | number;

/** Every kind with all of its fields, and everything that the pages of the rules show. */
const inputs: Json[][] = (Object.keys(kinds) as Kind[])
  .filter((kind) => kinds[kind].pseudo !== true)
  .map((kind) => [fullManifest(kind)]);
for (const name of await listRuleFolders('rules')) {
  const { examples } = await readRuleFolder('rules', name);
  for (const { files } of examples) {
    const { graph } = await openTexts(files.map(({ path, text }) => ({ path, raw: text })));
    const bodies = [...graph.all()].map((resource) => JSON.parse(JSON.stringify(resource.body)) as Json);
    if (bodies.length > 0) inputs.push(bodies);
  }
}
/** The whole crowd at once, so that every rule has something to read. */
inputs.push(inputs.slice(0, Object.keys(kinds).length).flat());

describe('whatever stands in a manifest', () => {
  test(`${RUNS} replaced values`, { timeout: 600_000 }, async () => {
    const mutation = fc.record({
      input: fc.nat(inputs.length - 1),
      document: fc.nat(),
      path: fc.nat(),
      replacement: fc.nat(replacements.length - 1),
      world: fc.constantFrom('auto', 'closed', 'open'),
    });
    await fc.assert(
      fc.asyncProperty(mutation, async ({ input, document, path, replacement, world }) => {
        const documents = structuredClone(inputs[input] ?? []);
        const chosen = documents[document % documents.length] ?? {};
        const paths = pathsOf(chosen);
        replace(chosen, paths[path % paths.length] ?? [], replacements[replacement]);
        const raw = textOf(documents);
        // Every tenth stands beside what it was made of, as another cluster.
        const opened =
          document % 10 > 0
            ? await openTexts([{ path: 'fuzz.yaml', raw }], { world })
            : await openClusterTexts(
                [
                  { path: 'fuzz.yaml', raw, cluster: 'east' },
                  { path: 'whole.yaml', raw: textOf(inputs[input] ?? []), cluster: 'west' },
                ],
                { world },
              );
        const analysis = await opened.analyze(rules, 'test');
        expect(analysis.crashes.map(({ rule, error }) => `${rule}: ${error.stack}`)).toEqual([]);
        expect([0, 1, 3]).toContain(exitCode(analysis, 'info'));
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });
});

function textOf(documents: readonly Json[]): string {
  return documents.map((body) => JSON.stringify(body)).join('\n---\n');
}

function pathsOf(value: unknown, path: Step[] = []): Step[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const below = Object.entries(value).flatMap(([key, child]) =>
    pathsOf(child, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return path.length === 0 ? below : [path, ...below];
}

function replace(value: unknown, path: readonly Step[], by: unknown): void {
  let holder = value as Record<Step, unknown>;
  for (const step of path.slice(0, -1)) holder = holder[step] as Record<Step, unknown>;
  const last = path.at(-1);
  if (last !== undefined) holder[last] = structuredClone(by);
}
