// Every format, as the command writes it for an example, read by those who are to read it.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { marked } from 'marked';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../src/engine/report.ts';
import { formats } from '../../src/report/index.ts';
import { findXml, readGitlab, readJunit, readSarif, readWorkflowCommand } from '../readers.ts';
import { type Outcome, run } from './run.ts';

let root = '';
let shop: Report;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'meshlint-'));
  // A repository with the mesh in a folder of its own, which is where the command runs.
  mkdirSync(join(root, '.git'));
  cpSync('examples/shop', join(root, 'mesh/shop'), { recursive: true });
  cpSync('examples/healthy', join(root, 'mesh/healthy'), { recursive: true });
  writeFileSync(join(root, 'mesh/broken.yaml'), 'a: "open\n');
  shop = JSON.parse((await analyze('shop', '--format', 'json')).stdout);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function analyze(...args: string[]): Promise<Outcome> {
  return run(['analyze', ...args], { cwd: join(root, 'mesh') });
}
async function write(format: string, ...args: string[]): Promise<string> {
  return (await analyze(...args, '--format', format)).stdout;
}

const names = Object.keys(formats);
const all = names.map((name) => [name] as const);
/** Where the findings of the shop are, as `path:line CODE`, sorted. */
const places = (folder: string): string[] =>
  shop.diagnostics.map(({ location, code }) => `${folder}${location?.file}:${location?.line} ${code}`).sort();

describe.each(all)('%s', (format) => {
  test.each([
    ['clean', ['healthy'], 0],
    ['findings', ['shop'], 1],
    ['findings that do not fail', ['shop', '--fail-on', 'never'], 0],
    ['a document that does not parse', ['healthy', 'broken.yaml'], 3],
    ['a path that does not exist', ['shop', 'gone.yaml', '--fail-on', 'never'], 3],
  ] as const)('has the same exit code for %s', async (_, args, code) => {
    const outcome = await analyze(...args, '--format', format);
    expect(outcome.code, outcome.stderr).toBe(code);
  });
  test('says what was not read, even when only findings are wanted', async () => {
    const text = await write(format, 'shop', 'gone.yaml', 'broken.yaml', '--quiet');
    expect(text).toContain('gone.yaml');
    expect(text).toContain('broken.yaml');
  });
});

describe('on the shop', () => {
  test('compact is a line for each finding', async () => {
    const lines = (await write('compact', 'shop')).split('\n');
    const found = lines.flatMap(
      (line) => /^(\S+:\d+):\d+: (?:error|warning|info) (IST\d+) ./.exec(line) ?? [],
    );
    expect(found.filter((_, i) => i % 3 === 1).length).toBe(shop.diagnostics.length);
    expect(found.flatMap((place, i) => (i % 3 === 1 ? [`${place} ${found[i + 1]}`] : [])).sort()).toEqual(
      places(''),
    );
  });
  test('sarif is valid, explains its rules, and names paths from the root of the repository', async () => {
    const { results = [], tool, invocations } = readSarif(await write('sarif', 'shop'));
    const rules = tool.driver.rules ?? [];
    expect(
      results
        .map(({ ruleId, ruleIndex = -1, locations: [where] = [] }) => {
          expect(rules[ruleIndex]?.id).toBe(ruleId);
          const { artifactLocation, region } = where?.physicalLocation ?? {};
          return `${artifactLocation?.uri}:${region?.startLine} ${ruleId?.split('/')[0]}`;
        })
        .sort(),
    ).toEqual(places('mesh/'));
    for (const { help, helpUri } of rules) {
      expect(help?.markdown).toContain('## Why');
      expect(help?.markdown).not.toContain('# !');
      expect(helpUri).toMatch(/^https:.*\/rules\/[a-z]+\/[a-z-]+\/README\.md$/);
    }
    expect(results.some(({ relatedLocations }) => relatedLocations !== undefined)).toBe(true);
    expect(invocations).toEqual([{ executionSuccessful: true, toolExecutionNotifications: [] }]);
  });
  test('sarif has what was silenced', async () => {
    const { results = [] } = readSarif(await write('sarif', 'shop', '-S', 'IST0101=*'));
    const silenced = results.filter(({ suppressions = [] }) => suppressions.length > 0);
    expect(silenced).toHaveLength(shop.diagnostics.filter(({ code }) => code === 'IST0101').length);
    expect(silenced[0]?.suppressions).toEqual([
      { kind: 'external', status: 'accepted', justification: '-S IST0101=*' },
    ]);
  });
  test('sarif has fixes that give what --fix-unsafe gives', async () => {
    cpSync('examples/shop', join(root, 'mesh/fixed'), { recursive: true });
    const { results = [] } = readSarif(await write('sarif', 'fixed'));
    const changes = results.flatMap(({ fixes = [] }) => fixes.flatMap((fix) => fix.artifactChanges));
    expect(changes.length).toBeGreaterThan(1);
    const edited = changes.map(({ artifactLocation: { uri = '' }, replacements }) => {
      const lines = readFileSync(join(root, uri), 'utf8').split('\n');
      for (const { deletedRegion: region, insertedContent } of replacements) {
        const { startLine = 0, startColumn = 0, endLine, endColumn = 0 } = region;
        // Those of the shop are about one line each.
        expect(endLine).toBe(startLine);
        const line = lines[startLine - 1] ?? '';
        lines[startLine - 1] =
          line.slice(0, startColumn - 1) + insertedContent?.text + line.slice(endColumn - 1);
      }
      return { uri, text: lines.join('\n') };
    });
    await analyze('fixed', '--fix-unsafe');
    for (const { uri, text } of edited) expect(readFileSync(join(root, uri), 'utf8')).toBe(text);
  });
  test('junit fails for what fails the run', async () => {
    const outcomes = async (...args: string[]): Promise<Record<string, number>> => {
      const cases = (await readJunit(await write('junit', 'shop', ...args))).flatMap((suite) => suite.cases);
      return Object.fromEntries(
        ['failure', 'skipped', 'error', 'passed'].map((word) => [
          word,
          cases.filter(({ outcome }) => outcome === word).length,
        ]),
      );
    };
    const { errors, warnings, infos } = shop.summary;
    const none = { failure: 0, skipped: 0, error: 0, passed: 1 };
    expect(await outcomes()).toEqual({ ...none, failure: errors, skipped: warnings + infos });
    expect(await outcomes('--fail-on', 'warning')).toEqual({
      ...none,
      failure: errors + warnings,
      skipped: infos,
    });
    expect(await outcomes('gone.yaml')).toMatchObject({ error: 1, passed: 0 });
  });
  test('github has a command for each finding', async () => {
    const commands = (await write('github', 'shop'))
      .split('\n')
      .flatMap((line) => readWorkflowCommand(line) ?? []);
    expect(
      commands
        .map(({ properties: { file, line, title } }) => `${file}:${line} ${title?.split(' ')[0]}`)
        .sort(),
    ).toEqual(places('mesh/'));
  });
  test('gitlab has an issue for each finding', async () => {
    const issues = readGitlab(await write('gitlab', 'shop'));
    expect(
      issues
        .map(({ location: { path, lines }, check_name }) => `${path}:${lines.begin} ${check_name}`)
        .sort(),
    ).toEqual(places('mesh/'));
  });
  test('checkstyle has an error for each finding', async () => {
    const xml = await write('checkstyle', 'shop');
    const found = findXml(xml, '/checkstyle/file').flatMap(({ attributes: { name } }) =>
      findXml(xml, `/checkstyle/file[@name="${name}"]/error`).map(
        ({ attributes: { line, message } }) => `${name}:${line} ${message?.split(' ')[0]}`,
      ),
    );
    expect(found.sort()).toEqual(places('mesh/'));
  });
  test('markdown has a row for each finding', async () => {
    const tables = marked
      .lexer(await write('markdown', 'shop'))
      .flatMap((token) => (token.type === 'table' ? [token] : []));
    const rows = tables.flatMap((table) => table.rows as { text: string }[][]);
    expect(rows.map(([code, place]) => `${place?.text.replaceAll('`', '')} ${code?.text}`).sort()).toEqual(
      places('mesh/'),
    );
  });
});

describe('several formats at once', () => {
  const read = (name: string): string => readFileSync(join(root, 'mesh', name), 'utf8');

  test('go to their files, and one to standard output', async () => {
    const args = ['shop', '--format', 'sarif=out.sarif', '--format', 'compact', '-o', 'junit=out.xml'];
    const { code, stdout, stderr } = await analyze(...args);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toBe(await write('compact', 'shop'));
    expect(read('out.sarif')).toBe(await write('sarif', 'shop'));
    expect(read('out.xml')).toBe(await write('junit', 'shop'));
  });
  test('may all go to files: then the summary is told', async () => {
    const { code, stdout, stderr } = await analyze(
      'shop',
      '--format=log=out.txt',
      '--format',
      'json=out.json',
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^\d+ errors.* in 13 files\n$/);
    expect(read('out.txt')).toBe(await write('text', 'shop'));
    expect(JSON.parse(read('out.json'))).toEqual(shop);
    expect((await analyze('healthy', '--format', 'json=-')).stdout).toContain('"diagnostics": []');
  });
  test('name the file that cannot be written', async () => {
    const { code, stdout, stderr } = await analyze(
      'shop',
      '--format',
      'sarif=no/such/a.sarif',
      '--format',
      'text',
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('The sarif report cannot be written to no/such/a.sarif');
  });
});

test('standard input and files outside of the repository have places, too', async () => {
  const outside = mkdtempSync(join(tmpdir(), 'meshlint-'));
  try {
    writeFileSync(join(outside, 'bad.yaml'), 'a: "open\n');
    const input = readFileSync(join(root, 'mesh/shop/gateway.yaml'), 'utf8');
    const args = ['analyze', '-', join(outside, 'bad.yaml'), '--world', 'closed', '--format', 'sarif'];
    const { stdout } = await run(args, { cwd: join(root, 'mesh'), input });
    const uris = (readSarif(stdout).results ?? []).map(
      ({ locations: [where] = [] }) => where?.physicalLocation?.artifactLocation?.uri,
    );
    expect(new Set(uris)).toEqual(new Set(['stdin', `file://${outside}/bad.yaml`]));
  } finally {
    rmSync(outside, { recursive: true, force: true });
  }
});
