import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rules } from '../../rules/index.gen.ts';
import type { World } from '../graph/evidence.ts';
import { openTexts } from '../session/session.ts';
import { createSource } from '../text/index.ts';
import type { AnalyzeOptions } from './analyze.ts';
import { parseSuppression, type Suppression } from './suppress.ts';
import { readComments } from './suppress-comments.ts';

/** A VirtualService whose two gateways do not exist; `{…}` are places for comments. */
const manifest = `{head}
---{marker}
{top}
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: cart
  namespace: shop
spec:
  hosts: [cart.example.com]
  gateways:
    {above}
    - public {behind}
    - private
  http:
    - directResponse: { status: 200 }
{foot}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: other
  namespace: shop
spec:
  hosts: [other.example.com]
  gateways: [public]
  http:
    - directResponse: { status: 200 }
`;

interface Outcome {
  readonly open: string[];
  readonly silenced: string[];
  readonly complaints: string[];
}

async function judge(
  marks: Readonly<Record<string, string>>,
  options: AnalyzeOptions = {},
  text = manifest,
  world: World = 'closed',
): Promise<Outcome> {
  const raw = text.replace(/\{(head|marker|top|above|behind|foot)\}/g, (_, at: string) => marks[at] ?? '');
  const session = await openTexts([{ path: 'shop/a.yaml', raw }], { world });
  const { report } = await session.analyze(rules, 'test', {
    codes: async () => (await import('../../rules/codes.ts')).codes,
    today: '2026-06-01',
    ...options,
  });
  const isComplaint = ({ rule }: { rule: string }): boolean => rule.endsWith('-suppression');
  return {
    open: report.diagnostics
      .filter((d) => !isComplaint(d) && d.code !== 'IST1908')
      .map(({ code, resource, path }) => `${code} ${resource?.name} ${path.at(-1)}`),
    silenced: report.suppressed.map(
      ({ code, resource, path, suppressed: { by, reason } }) =>
        `${code} ${resource?.name} ${path.at(-1)} by ${by}: ${reason}`,
    ),
    complaints: report.diagnostics
      .filter(isComplaint)
      .map(({ code, location, message }) => `${code} ${location?.file}:${location?.line} ${message}`),
  };
}

const all = ['IST0101 cart 0', 'IST0101 cart 1', 'IST0101 other 0'];
const by = (what: string, ...found: string[]): string[] => found.map((each) => `${each} by ${what}`);

describe('a comment', () => {
  test.each<[string, Record<string, string>, string[], string[]]>([
    [
      'above a line',
      { above: '# meshlint-disable-next-line IST0101 -- comes later' },
      all.slice(1),
      by('comment: comes later', 'IST0101 cart 0'),
    ],
    [
      'above other comments',
      { above: '# meshlint-disable-next-line missing-gateway\n    # and this\n\n' },
      all.slice(1),
      by('comment: no reason is given', 'IST0101 cart 0'),
    ],
    [
      'behind a line',
      { behind: '# meshlint-disable-line routing/missing-gateway,IST0106 -- x -- y' },
      all.slice(1),
      by('comment: x -- y', 'IST0101 cart 0'),
    ],
    [
      'behind the comment of another tool',
      { behind: '# yamllint disable-line # meshlint-disable-line' },
      all.slice(1),
      by('comment: no reason is given', 'IST0101 cart 0'),
    ],
    ['for a whole file', { foot: '# meshlint-disable-file ist0101 -- x' }, [], by('comment: x', ...all)],
    [
      'for a whole file, without a code',
      { head: '# meshlint-disable-file -- x' },
      [],
      by('comment: x', ...all),
    ],
    ...['head', 'marker', 'top'].map((place): [string, Record<string, string>, string[], string[]] => [
      `for a resource, at its ${place}`,
      { [place]: ' # meshlint-disable IST0101 -- x' },
      all.slice(2),
      by('comment: x', ...all.slice(0, 2)),
    ]),
    [
      'right above the marker of the next resource',
      { foot: '# meshlint-disable IST0101 -- x\n# more' },
      all.slice(0, 2),
      by('comment: x', 'IST0101 other 0'),
    ],
    ['about another code', { above: '# meshlint-disable-next-line IST0118' }, all, []],
  ])('%s', async (_, marks, open, silenced) => {
    const outcome = await judge(marks);
    expect({ open: outcome.open, silenced: outcome.silenced }).toEqual({ open, silenced });
  });
});

test('any text is read, with places inside of it', async () => {
  const piece = fc.constantFrom(
    '# meshlint-disable',
    '# meshlint-disable-',
    '-next-line',
    '-line',
    '-file',
    ' IST0101',
    ',',
    ' -- ',
    '#',
    ' ',
    '\n',
    '---\n',
    '...\n',
    'a: b',
    'c: |\n',
    '"',
    '\r',
    '%',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 40 }), async (pieces) => {
      const source = createSource('a.yaml', pieces.join(''));
      const { silencers, mistakes } = await readComments(source);
      for (const { place } of [...silencers, ...mistakes]) {
        const { start = -1, end = -1 } = place?.span ?? {};
        expect(source.text.slice(start, end)).toMatch(/^#.*meshlint-disable/);
        expect(source.text.slice(start, end)).not.toContain('\n');
      }
    }),
    { numRuns: 1000 },
  );
});

describe('what is said about suppressions', () => {
  test.each<[string, Record<string, string>, AnalyzeOptions, string[]]>([
    [
      'a code that is not found, beside one that is',
      { above: '# meshlint-disable-next-line IST0101, IST0106' },
      {},
      ['IST1905 shop/a.yaml:12 This comment suppresses IST0106, which is not found here.'],
    ],
    [
      'nothing of a code that is switched off',
      { above: '# meshlint-disable-next-line IST0101, IST0106' },
      { selection: { disable: new Set(['IST0106']) } },
      [],
    ],
    [
      'nothing of a code that is not asked for, nor of all codes',
      { top: '# meshlint-disable', above: '# meshlint-disable-next-line IST0101' },
      { selection: { only: new Set(['IST0106', 'IST1905']) } },
      [],
    ],
    ['nothing with -n', { above: '# meshlint-disable-next-line IST0106' }, { namespace: 'shop' }, []],
    [
      'nothing of a rule that is named twice',
      { above: '# meshlint-disable-next-line IST0101, missing-gateway' },
      {},
      [],
    ],
    [
      'a slip',
      { above: '# meshlint-disable-next-line missing-gatway' },
      {},
      ['IST1906 shop/a.yaml:12 This comment suppresses "missing-gatway", which is no rule and no code.'],
    ],
    [
      'a retired code',
      { above: '# meshlint-disable-next-line IST0104' },
      {},
      ['IST1906 shop/a.yaml:12 This comment suppresses IST0104, which no rule reports any more.'],
    ],
    [
      'nothing when that is suppressed by name',
      { above: '# meshlint-disable-next-line IST0104', head: '# meshlint-disable-file IST1906 -- x' },
      {},
      [],
    ],
    [
      'but not when everything is',
      { above: '# meshlint-disable-next-line IST0104', head: '# meshlint-disable-file -- x' },
      {},
      ['IST1906 shop/a.yaml:12 This comment suppresses IST0104, which no rule reports any more.'],
    ],
    [
      'nothing of two that silence the same',
      { above: '# meshlint-disable-next-line IST0101', behind: '# meshlint-disable-line IST0101' },
      {},
      [],
    ],
  ])('%s', async (_, marks, options, complaints) => {
    expect((await judge(marks, options)).complaints).toEqual(complaints);
  });

  test('nothing where a rule may have kept silent', async () => {
    const marks = { above: '# meshlint-disable-next-line IST0101, IST0106' };
    expect((await judge(marks, {}, manifest, 'open')).complaints).toEqual([
      'IST1905 shop/a.yaml:12 This comment suppresses IST0106, which is not found here.',
    ]);
  });

  test('nothing in a file that was not judged as a whole', async () => {
    const broken = `${manifest}---\na: "open\n`;
    const marks = { above: '# meshlint-disable-next-line IST0106' };
    expect((await judge(marks)).complaints).toHaveLength(1);
    expect((await judge(marks, {}, broken)).complaints).toEqual([]);
  });
});

test('what decides that the run is incomplete cannot be silenced', async () => {
  const raw = '# meshlint-disable-file -- x\na: "open\n';
  const session = await openTexts([{ path: 'a.yaml', raw }]);
  const everything: Suppression = { by: 'flag', code: '*', reason: '-S *' };
  const { report } = await session.analyze(rules, 'test', { suppressions: [everything] });
  expect(report.diagnostics.map(({ code }) => code)).toContain('IST1907');
  expect(report.summary).toMatchObject({ suppressed: 0, incomplete: true });
});

describe('an entry of the configuration', () => {
  const entry = (more: Partial<Suppression>): AnalyzeOptions => ({
    suppressions: [{ by: 'config', code: 'IST0101', reason: 'x', judged: true, ...more }],
  });
  test.each<[string, Partial<Suppression>, number, string[]]>([
    ['for all', {}, 3, []],
    ['for a resource', { resource: 'VirtualService shop/cart' }, 2, []],
    [
      'for a file and a namespace',
      { covers: (file, namespace) => file === 'shop/a.yaml' && namespace === 'shop' },
      3,
      [],
    ],
    ['on its last day', { expires: '2026-06-01' }, 3, []],
    [
      'after it',
      { expires: '2026-05-31' },
      0,
      ['IST1906 : The suppression of IST0101 held until 2026-05-31.'],
    ],
    [
      'for nothing that is there',
      { code: 'IST0106' },
      0,
      ['IST1905 : This entry of the configuration suppresses IST0106, which is not found here.'],
    ],
    ['for what may be elsewhere', { code: 'IST0106', judged: false }, 0, []],
  ])('%s', async (_, more, count, complaints) => {
    const outcome = await judge({}, entry(more));
    expect(outcome.silenced).toHaveLength(count);
    expect(outcome.complaints.map((line) => line.replace(/^(\S+) :\d+/, '$1 :'))).toEqual(complaints);
  });
});

test.each([
  ['IST0101', { code: 'IST0101' }],
  ['*', { code: '*' }],
  ['IST0101=VirtualService shop/*', { code: 'IST0101', resource: 'VirtualService shop/*' }],
  [' IST0101 = VirtualService cart.shop ', { code: 'IST0101', resource: 'VirtualService cart.shop' }],
  ['IST0101 VirtualService shop/cart', { code: 'IST0101', resource: 'VirtualService shop/cart' }],
  ['routing/missing-gateway=*', { code: 'routing/missing-gateway', resource: '*' }],
  ['missing-gateway Gateway public', { code: 'missing-gateway', resource: 'Gateway public' }],
])('-S %j is read', (text, expected) => {
  expect(parseSuppression(text)).toEqual({ by: 'flag', reason: `-S ${text}`, judged: true, ...expected });
});

test.each(['', '=VirtualService a', 'IST0101?x'])('-S %j cannot be read', (text) => {
  expect(parseSuppression(text)).toBeUndefined();
});
