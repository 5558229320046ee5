import { ensure } from '../../model/collections.ts';
import { splitApiVersion } from '../../model/names.ts';
import type { Manifest } from '../../text/manifest.ts';
import type { Problem } from '../../text/problem.ts';
import type { CelCompiler } from '../cel/expression.ts';
import { ruleFor, shapeProblems, unknownFields } from '../check-values.ts';
import { showPath } from '../conform-words.ts';
import { type Defined, unknownVersion } from '../identify.ts';
import { checkRules } from './check-rules.ts';
import { checkSchema, type SchemaFindings } from './check-schema.ts';
import { withDefaults } from './defaults.ts';
import { type DefinedSchema, type DefinedVersion, readDefinitions } from './definitions.ts';
import { createPatterns, type Patterns } from './fits.ts';

/** A rule or pattern of a definition that could not be applied to a resource. */
export interface UncheckedRule {
  readonly kind: string;
  /** The field that it is about. */
  readonly field: string;
  readonly rule: string;
  readonly why: string;
  /** The file of the definition. */
  readonly file: string;
}

export interface DefinedCheck extends Defined {
  readonly problems: readonly Problem[];
  readonly unchecked: readonly UncheckedRule[];
}

/** What one definition says of one manifest. */
interface Verdict extends SchemaFindings {
  readonly unchecked: readonly UncheckedRule[];
}

/**
 * Checks manifests against the CustomResourceDefinitions of their kinds: those that were `given` for it, else those among
 * the manifests that are applied `together` with them, as far as two files tell. Where several define the same version,
 * the one that finds least counts: nobody knows which is installed.
 */
export async function checkDefined(
  manifests: readonly Manifest[],
  given: readonly Manifest[],
  together: (definition: string, manifest: string) => boolean,
): Promise<DefinedCheck> {
  const [named, around] = [readDefinitions(given), readDefinitions(manifests)];
  const judge = createJudge();
  const problems: Problem[] = [];
  const breaches = new Map<object, Verdict['breaches']>();
  const unchecked = new Map<string, UncheckedRule>();
  for (const { value, origin } of manifests) {
    const kind = String(value.kind);
    const { group, version } = splitApiVersion(String(value.apiVersion));
    const name = `${group}/${kind}`;
    const versions =
      named.get(name) ?? (around.get(name) ?? []).filter(({ file }) => together(file, origin.source.path));
    const fitting = versions.filter((one) => one.name === version);
    const served = versions.filter((one) => one.served).map((one) => one.name);
    // Definitions that merely lie around may be of another time than what is installed.
    if (named.has(name) && served.length > 0 && !served.includes(version)) {
      problems.push(unknownVersion(group, kind, version, [...new Set(served)], origin));
    }
    const verdict = await judge(kind, value, fitting);
    if (verdict === undefined) continue;
    const misfits = verdict.misfits.filter((misfit) => !misfit.filledIn);
    problems.push(...shapeProblems(ruleFor(group), value, origin, misfits));
    problems.push(...unknownFields(kind, value, origin, verdict.unknown));
    breaches.set(value, verdict.breaches);
    for (const one of verdict.unchecked) unchecked.set(`${one.kind} ${one.rule} ${one.file}`, one);
  }
  return { given, problems, breaches, unchecked: [...unchecked.values()] };
}

type Judge = (
  kind: string,
  value: Readonly<Record<string, unknown>>,
  versions: readonly DefinedVersion[],
) => Promise<Verdict | undefined>;

function createJudge(): Judge {
  const patterns = new Map<DefinedVersion, Patterns>();
  let compiler: CelCompiler | undefined;
  return async (kind, value, versions) => {
    let best: Verdict | undefined;
    for (const one of versions) {
      const defined = one.schema();
      if (defined === undefined) return undefined;
      // Evaluating rules takes a library that nothing else needs.
      if (defined.hasRules && compiler === undefined) {
        compiler = (await import('../cel/expression.ts')).createCelCompiler();
      }
      const verdict = judgeBy(
        kind,
        value,
        defined,
        one.file,
        ensure(patterns, one, createPatterns),
        compiler,
      );
      if (best === undefined || weight(verdict) < weight(best)) best = verdict;
      if (weight(verdict) === 0) break;
    }
    return best;
  };
}

function weight({ misfits, unknown, breaches }: Verdict): number {
  return misfits.length + unknown.length + breaches.length;
}

function judgeBy(
  kind: string,
  value: Readonly<Record<string, unknown>>,
  { root, hasRules, dropsStatus }: DefinedSchema,
  file: string,
  patterns: Patterns,
  compiler: CelCompiler | undefined,
): Verdict {
  const { status, ...rest } = value;
  const whole = withDefaults(root, dropsStatus || status === undefined ? rest : value);
  const found = checkSchema(root, whole, patterns);
  const unreadable = [...patterns.unreadable].map((pattern) => ({
    kind,
    field: '',
    rule: pattern,
    why: 'the pattern cannot be read',
    file,
  }));
  if (!hasRules || compiler === undefined) return { ...found, unchecked: unreadable };
  const wrong = [...found.misfits, ...found.breaches].map(({ path }) => path);
  const rules = checkRules(root, whole, wrong, compiler);
  return {
    ...found,
    breaches: [...found.breaches, ...rules.breaches],
    unchecked: [
      ...unreadable,
      ...rules.unchecked.map(({ path, rule, why }) => ({ kind, field: showPath(path), rule, why, file })),
    ],
  };
}
