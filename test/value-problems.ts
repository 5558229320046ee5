import { readTexts } from '../src/load/index.ts';
import { checkValues } from '../src/validate/check-values.ts';
import { identify } from '../src/validate/identify.ts';

const levels: Readonly<Record<string, string>> = {
  'input/invalid-value': 'error',
  'input/doubtful-value': 'warning',
};

/** What is said about a manifest by itself, as `level field`: "error spec.rules[0].from". */
export async function valueProblems(apiVersion: string, kind: string, rest: string): Promise<string[]> {
  return (await valueFindings(apiVersion, kind, rest)).map(({ level, field }) => `${level} ${field}`);
}

/** The same with the problem in words. */
export async function valueFindings(
  apiVersion: string,
  kind: string,
  rest: string,
): Promise<readonly { readonly level: string; readonly field: string; readonly problem: string }[]> {
  const metadata = /^metadata:/m.test(rest) ? '' : 'metadata: {name: x, namespace: shop}\n';
  const raw = `apiVersion: ${apiVersion}\nkind: ${kind}\n${metadata}${rest}\n`;
  const { manifests } = await readTexts([{ path: 'a.yaml', raw }]);
  const { resources, problems } = await identify(manifests);
  return [...problems, ...(await checkValues(resources))].map(({ rule, data, place, hint }) => ({
    level: hint ? 'hint' : (levels[rule] ?? rule),
    field: (place.field?.path ?? [])
      .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
      .join('')
      .slice(1),
    problem: String(data.problem ?? ''),
  }));
}
