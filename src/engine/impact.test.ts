import { describe, expect, test } from 'vitest';
import { compareFindings } from './impact.ts';

type Finding = Parameters<typeof compareFindings>[0][number];

const missing: Finding = {
  code: 'IST0101',
  rule: 'routing/missing-host',
  message: 'The host ratings does not exist.',
  path: ['spec', 'http', 0, 'route', 0],
  resource: {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    namespace: 'shop',
    name: 'reviews',
  },
  fingerprint: 'a',
};
const broken: Finding = {
  code: 'IST1907',
  rule: 'input/unparsable-input',
  message: 'It does not parse.',
  path: [],
  location: { file: 'a.yaml', line: 1, column: 1, endLine: 1, endColumn: 2, exact: true },
  fingerprint: 'b',
};
const inFile = { file: 'b.yaml', line: 7, column: 3, endLine: 7, endColumn: 9, exact: true };

function of(changes: object): Finding {
  return { ...missing, ...changes };
}
function about(changes: object): Finding {
  return { ...missing, resource: { ...missing.resource, ...changes } as NonNullable<Finding['resource']> };
}

describe('findings before and after a change', () => {
  const cases: readonly [
    says: string,
    before: readonly Finding[],
    after: readonly Finding[],
    counts: readonly [introduced: number, gone: number, unchanged: number],
  ][] = [
    ['nothing on either side', [], [], [0, 0, 0]],
    ['the same finding', [missing], [missing], [0, 0, 1]],
    ['one that came', [], [missing], [1, 0, 0]],
    ['one that went', [missing], [], [0, 1, 0]],
    ['its resource is in a file now', [missing], [of({ location: inFile, fingerprint: 'c' })], [0, 0, 1]],
    [
      'its resource has another version',
      [missing],
      [about({ apiVersion: 'networking.istio.io/v1beta1' })],
      [0, 0, 1],
    ],
    [
      'its resource is of another group',
      [missing],
      [about({ apiVersion: 'gateway.networking.k8s.io/v1' })],
      [1, 1, 0],
    ],
    ['another resource of the name', [missing], [about({ namespace: 'other' })], [1, 1, 0]],
    ['something else is said', [missing], [of({ message: 'The host details does not exist.' })], [1, 1, 0]],
    ['another field', [missing], [of({ path: ['spec', 'tcp', 0, 'route', 0] })], [1, 1, 0]],
    ['a route was put before it', [missing], [of({ path: ['spec', 'http', 3, 'route', 1] })], [0, 0, 1]],
    [
      'a second one in the same list',
      [missing],
      [of({ path: ['spec', 'http', 1, 'route', 0] }), missing],
      [1, 0, 1],
    ],
    ['a second one at the same place', [missing], [missing, missing], [1, 0, 1]],
    ['one of two at the same place', [missing, missing], [missing], [0, 1, 1]],
    ['a file with no resource', [], [broken], [1, 0, 0]],
    ['two files with no resource', [broken], [{ ...broken, location: inFile }], [1, 1, 0]],
  ];
  test.each(cases)('%s', (_, before, after, [introduced, gone, unchanged]) => {
    // Findings are objects of their own, those of one text as well.
    const apart = (findings: readonly Finding[]): Finding[] => findings.map((finding) => ({ ...finding }));
    const impact = compareFindings(apart(before), apart(after));
    expect({
      introduced: impact.introduced.length,
      gone: impact.gone.length,
      unchanged: impact.unchanged.length,
    }).toEqual({ introduced, gone, unchanged });
  });

  test('what stands at its place is paired before what moved', () => {
    const second = of({ path: ['spec', 'http', 1, 'route', 0] });
    expect(compareFindings([missing], [second, missing])).toEqual({
      introduced: [second],
      gone: [],
      unchanged: [missing],
    });
  });
});
