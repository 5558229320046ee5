// Every fix that is offered for an example of a page or a case makes it right, and leaves the rest as it was.
import { describe, expect, test } from 'vitest';
import type { Analysis } from '../src/engine/analyze.ts';
import type { DiagnosticFix } from '../src/engine/diagnostic.ts';
import { applyFixes, createFixPlanner } from '../src/fix/index.ts';
import { headOf, type NamedRule } from '../src/sdk/rule.ts';
import { openClusterTexts } from '../src/session/clusters.ts';
import { openTexts } from '../src/session/session.ts';
import { type Example, listRuleFolders, readRuleFolder } from '../src/testing/index.ts';
import { loadRule } from './load-rule.ts';

// One rule: npx vitest run test/fixes.test.ts -t routing/missing-gateway

type Text = { readonly path: string; readonly raw: string; readonly cluster?: string };

async function analyze(texts: readonly Text[], named: NamedRule, { settings }: Example): Promise<Analysis> {
  const { world, mesh, namespace, requested } = settings;
  const request = { world, mesh, ...(namespace === undefined ? {} : { namespace }) };
  const opened = texts.some(({ cluster }) => cluster !== undefined)
    ? await openClusterTexts(texts, request)
    : await openTexts(texts, request);
  const enable = new Set(requested || named.rule.optIn ? [named.name] : []);
  return opened.analyze([headOf(named)], 'test', { selection: { enable }, planFix: createFixPlanner() });
}

/** Makes a fix by nothing but what the report says of it. */
function applyByLines(texts: readonly Text[], { edits }: DiagnosticFix): Text[] {
  return texts.map((text) => {
    const offset = (line: number, column: number): number =>
      text.raw
        .split('\n')
        .slice(0, line - 1)
        .join('\n').length +
      (line > 1 ? 1 : 0) +
      column -
      1;
    const own = edits.filter(({ file }) => file === text.path);
    const raw = own.reduceRight(
      (before, edit) =>
        before.slice(0, offset(edit.startLine, edit.startColumn)) +
        edit.newText +
        before.slice(offset(edit.endLine, edit.endColumn)),
      text.raw,
    );
    return { ...text, raw };
  });
}

/** Lines that no edit touches, each with its comment. */
function untouched(texts: readonly Text[], { edits }: DiagnosticFix): string[] {
  return texts.flatMap(({ path, raw }) =>
    raw.split('\n').filter((_, i) => {
      const isIn = ({ file, startLine, endLine, endColumn }: DiagnosticFix['edits'][number]): boolean =>
        file === path && i + 1 >= startLine && (i + 1 < endLine || (i + 1 === endLine && endColumn > 1));
      return !edits.some(isIn);
    }),
  );
}

function isPartOf(some: readonly string[], all: readonly string[]): boolean {
  let at = 0;
  for (const line of all) if (line === some[at]) at++;
  return at === some.length;
}

const seen = new Map<string, Set<string>>();

for (const name of await listRuleFolders('rules')) {
  const named = await loadRule('rules', name);
  const { examples, page } = await readRuleFolder('rules', name);
  const bad = examples.filter(({ verdict }) => verdict === 'bad');
  const kinds = new Set<string>();
  seen.set(name, kinds);
  describe(name, () => {
    for (const example of bad) {
      const texts = example.files.map(({ path, text, cluster }) => ({
        path,
        raw: text,
        ...(cluster === undefined ? {} : { cluster }),
      }));
      test(example.title, async () => {
        const before = await analyze(texts, named, example);
        for (const { fix, fingerprint, message } of before.report.diagnostics) {
          if (fix === undefined) continue;
          kinds.add(fix.safe ? 'safe' : 'unsafe');
          const fixed = applyByLines(texts, fix);
          const after = await analyze(fixed, named, example);
          const left = after.report.diagnostics.map((one) => one.fingerprint);
          expect(left, `${message}\n${fix.title}\n${fixed.map(({ raw }) => raw).join('\n')}`).not.toContain(
            fingerprint,
          );
          expect(left.length).toBeLessThanOrEqual(before.report.diagnostics.length);
          expect(
            isPartOf(
              untouched(texts, fix),
              fixed.flatMap(({ raw }) => raw.split('\n')),
            ),
          ).toBe(true);
        }
      });
      test(`${example.title}, all at once`, async () => {
        let current: readonly Text[] = texts;
        for (let round = 0; ; round++) {
          const { fixes } = await analyze(current, named, example);
          if (fixes.size === 0) break;
          expect(round, 'rounds').toBeLessThan(10);
          const planned = [...fixes.values()];
          current = await Promise.all(
            current.map(async (text) => {
              const own = planned.filter(({ source }) => source.path === text.path);
              const applied = own[0] === undefined ? undefined : await applyFixes(own[0].source, own);
              return applied === undefined ? text : { ...text, raw: applied.text };
            }),
          );
        }
      });
    }
    test('says which fixes it has', () => {
      const { fixes } = named.rule;
      const onPage: readonly string[] = page.text.match(/`--fix(?:-unsafe)?`/g) ?? [];
      expect(onPage.includes('`--fix`'), 'the page tells of --fix').toBe(kinds.has('safe'));
      expect(onPage.includes('`--fix-unsafe`'), 'the page tells of --fix-unsafe').toBe(kinds.has('unsafe'));
      expect([...kinds].sort()).toEqual(
        fixes === 'both' ? ['safe', 'unsafe'] : fixes === undefined ? [] : [fixes],
      );
    });
  });
}
