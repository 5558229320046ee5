import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

type Entry = Readonly<Record<string, string>>;

function read(file: string): Entry[] {
  return JSON.parse(readFileSync(join('test/conformance', file), 'utf8'));
}

describe('lists', () => {
  const deviations = read('deviations.json');
  test.each(['deviations.json', 'lines.json'])('%s has a reason for each entry, and none twice', (file) => {
    const entries = read(file);
    expect(entries.filter(({ reason = '' }) => !/^.{30,}\.$/.test(reason))).toEqual([]);
    const keys = entries.map(({ reason, ...key }) => JSON.stringify(key));
    expect(new Set(keys).size).toBe(keys.length);
  });
  test('deviations are few', () => {
    // Findings name their resource; verdicts on whole manifests have none to name.
    const ofAnalyzers = deviations.filter(({ resource }) => resource !== undefined).length;
    expect(ofAnalyzers).toBeLessThanOrEqual(15);
    expect(deviations.length - ofAnalyzers).toBeLessThanOrEqual(3);
    expect(deviations.filter(({ kind = '' }) => !['missing', 'extra'].includes(kind))).toEqual([]);
  });
  test('entries of lines.json name both places, but for what is said once, more often, or not at all', () => {
    const vague = read('lines.json').filter(({ kind, ours, theirs, resource }) => {
      if (kind === 'judged') return ours === undefined || theirs === undefined;
      if (kind === 'unsaid') return theirs === undefined || resource === undefined;
      return ours === undefined;
    });
    expect(vague).toEqual([]);
  });
});

/** What is reported: the second of the gateways does not exist. */
const input = `# Goes to the cart.
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: cart
  namespace: shop
spec:
  hosts:
    - cart.example.com
  gateways:
    - mesh
    - public
  http:
    - directResponse:
        status: 404
`;
const afterNothing = `---\n---\n${input}`;
const reason = 'A sentence that says why this is right as it is.';
const judged = { kind: 'judged', code: 'IST0101', ours: 'spec.gateways[]', theirs: 'spec.hosts', reason };
const again = { kind: 'repeated', code: 'IST0101', ours: 'spec.gateways[]', reason };
const unsaid = {
  kind: 'unsaid',
  code: 'IST0101',
  resource: 'VirtualService shop/cart',
  theirs: 'line 14',
  reason,
};
const absent = { code: 'IST0102', resource: 'Service shop/cart', line: 1 };
const deviation = {
  case: 'made up',
  kind: 'missing',
  code: 'IST0102',
  resource: 'Service shop/cart',
  reason,
};

/** Runs the comparison with one recorded case; answers its exit code and the classes of its lines. */
function compare(recorded: readonly object[], lines: readonly object[], text: string, deviations: object[]) {
  const folder = mkdtempSync(join(tmpdir(), 'meshlint-conformance-'));
  try {
    mkdirSync(join(folder, 'inputs'));
    writeFileSync(join(folder, 'inputs', 'cart.yaml'), text);
    writeFileSync(join(folder, 'score.mjs'), "console.log('IST0101 1/1\\nanalyzers: 1/1 cases; and more');");
    const expectAll = recorded.map((one) => ({
      code: 'IST0101',
      resource: 'VirtualService shop/cart',
      file: 'cart.yaml',
      ...one,
    }));
    const made = [{ name: 'made up', inputs: ['cart.yaml'], expect: [], expectAll }];
    writeFileSync(join(folder, 'analyzers.json'), JSON.stringify(made));
    writeFileSync(join(folder, 'lines.json'), JSON.stringify(lines));
    writeFileSync(join(folder, 'deviations.json'), JSON.stringify(deviations));
    const env = {
      PATH: process.env.PATH,
      MESHLINT_CONFORMANCE: folder,
      MESHLINT_CONFORMANCE_LISTS: folder,
    };
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/conformance.mjs'], {
      encoding: 'utf8',
      env,
    });
    expect(stderr).toBe('');
    const header = /^code +findings +lines +(?<kinds>.*)$/m.exec(stdout)?.groups?.kinds;
    return { status, kinds: header ?? '', last: stdout.trimEnd().split('\n').at(-1) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('places', () => {
  test.each<
    [
      what: string,
      recorded: object[],
      lines: object[],
      kinds: string,
      status: number,
      text?: string,
      extra?: object[],
    ]
  >([
    ['the same line', [{ line: 12 }], [], 'equal', 0],
    ['the first line, a comment', [{ line: 1 }], [], 'field', 0],
    ['the name', [{ line: 5 }], [], 'field', 0],
    ['a field around it', [{ line: 10 }], [], 'field', 0],
    ['no line', [{}], [], 'line', 0],
    ['another field', [{ line: 8 }], [], 'differs', 1],
    ['another field, with a reason', [{ line: 8 }], [judged], 'judged', 0],
    ['an entry of the same list', [{ line: 11 }], [], 'differs', 1],
    ['the line below', [{ line: 13 }], [], 'differs', 1],
    ['the line below, after an empty document', [{ line: 15 }], [], 'shifted', 0, afterNothing],
    ['one line twice', [{ line: 12 }, { line: 12 }], [], 'equal  differs', 1],
    ['one line twice, with a reason', [{ line: 12 }, { line: 12 }], [again], 'equal  repeated', 0],
    ['a line that is not said', [{ line: 12 }, { line: 14 }], [], 'equal  differs', 1],
    ['as many as are too many', [{ line: 12 }, { line: 14 }], [unsaid], 'equal  unsaid', 1],
    ['an entry that explains nothing', [{ line: 12 }], [judged], 'equal', 1],
    ['a deviation', [{ line: 12 }, absent], [], 'equal  deviation', 1, input, [deviation]],
  ])('%s', (_, recorded, lines, kinds, status, text = input, extra = []) => {
    const outcome = compare(recorded, lines, text, extra);
    expect({ kinds: outcome.kinds, status: outcome.status }).toEqual({ kinds, status });
    expect(outcome.last).toMatch(/^Conformance analyzers 1\/1, lines \d+\.\d %$/);
  });
});

test('without recorded answers it passes, and says so', () => {
  const env = { PATH: process.env.PATH, MESHLINT_CONFORMANCE: '/nowhere' };
  const { status, stdout } = spawnSync(process.execPath, ['scripts/conformance.mjs'], {
    encoding: 'utf8',
    env,
  });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Conformance skipped: no recorded answers in \/nowhere/);
});
