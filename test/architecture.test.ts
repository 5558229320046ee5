import { readdir, readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { basename, dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Who may import whom, `:types` only for types; the reasons stand in docs/architecture.md. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  text: [],
  model: [],
  graph: ['text:types', 'model'],
  mesh: ['graph', 'model'],
  sdk: ['mesh', 'graph', 'model', 'codes:types', 'text:types'],
  load: ['text', 'model'],
  validate: ['text', 'model'],
  config: ['text', 'validate', 'model'],
  engine: ['sdk', 'graph', 'text', 'model'],
  fix: ['text', 'engine:types'],
  report: ['engine:types', 'sdk:types', 'text'],
  session: ['load', 'validate', 'config', 'engine', 'graph', 'model', 'sdk:types', 'text:types'],
  serve: ['load:types', 'engine', 'report', 'model', 'sdk:types'],
  house: ['config', 'sdk', 'validate', 'graph', 'model'],
  inspect: ['graph', 'model', 'mesh'],
  testing: ['house', 'session', 'engine', 'sdk', 'graph', 'model', 'text'],
};

/** Packages and the only places that may use them. */
const packages: Readonly<Record<string, RegExp>> = {
  sarif: /^src\/report\/sarif/,
  yaml: /^src\/text\/|^src\/report\/yaml\.ts$/,
  ajv: /^src\/(?:validate|config)\//,
  '@bufbuild/cel': /^src\/validate\/(?:cel\/|crds\/cel-values\.ts$|crds\/check-rules\.ts$)/,
  '@bufbuild/cel/ext': /^src\/validate\/cel\//,
  commander: /^src\/cli\//,
  diff: /^src\/cli\//,
  ink: /^src\/cli\/ui\/draw\.ts$/,
  react: /^src\/cli\/ui\/draw\.ts$/,
  minimatch: /^src\/(?:load|engine)\//,
};
const outsideWorld = ['fs', 'child_process', 'http', 'https', 'net', 'tls', 'os'];
const mayReachOutside = /^src\/(?:load|config|house|session|serve|inspect|cli|testing)\//;

interface File {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}
interface Import {
  readonly target: string;
  readonly typesOnly: boolean;
}

const files = await Promise.all(
  (
    await Promise.all(
      ['src', 'rules', 'test'].map((root) => readdir(root, { recursive: true, withFileTypes: true })),
    )
  )
    .flat()
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map(readSource),
);
const sources = files.filter(({ path }) => !path.endsWith('.test.ts') && !path.startsWith('test/'));

async function readSource(path: string): Promise<File> {
  const text = await readFile(path, 'utf8');
  const fixed = [...text.matchAll(/^(?:import|export)\s(?:([^;'"]*?)\sfrom\s)?'([^']+)'/gm)].map(
    ([, names = '', target = '']) => ({ target, typesOnly: namesTypesOnly(names) }),
  );
  const lazy = [...text.matchAll(/\bimport\('([^']+)'\)/g)].map(([, target = '']) => ({
    target,
    typesOnly: false,
  }));
  return { path, text, imports: [...fixed, ...lazy] };
}

function namesTypesOnly(names: string): boolean {
  const listed = /^\{(.*)\}$/s.exec(names)?.[1];
  const each = listed?.split(',').filter((name) => name.trim() !== '');
  return names.startsWith('type ') || each?.every((name) => name.trim().startsWith('type ')) === true;
}

/** The room of a file; `codes` for the table of codes, the one thing outside that a room may know. */
function roomOf(path: string): string | undefined {
  if (path === 'rules/codes.ts') return 'codes';
  return /^src\/([^/]+)\//.exec(path)?.[1] ?? (path.startsWith('rules/') ? 'rules' : undefined);
}

/** The imports of all sources that `judge` finds bad. */
function badImports(judge: (target: string, file: File, typesOnly: boolean) => boolean): string[] {
  return sources.flatMap((file) =>
    file.imports
      .filter(({ target, typesOnly }) => judge(target, file, typesOnly))
      .map(({ target }) => `${file.path} imports ${target}`),
  );
}
const isRelative = (target: string): boolean => target.startsWith('.');

describe('imports', () => {
  test('go from room to room as the table says', () => {
    const crossing = badImports((target, { path }, typesOnly) => {
      const room = roomOf(path);
      const allowed = rooms[room ?? ''];
      if (allowed === undefined || !isRelative(target)) return false;
      const other = roomOf(normalize(join(dirname(path), target))) ?? '';
      return other !== room && !allowed.includes(other) && !(typesOnly && allowed.includes(`${other}:types`));
    });
    expect(crossing).toEqual([]);
  });

  test('every room has its line in the table', () => {
    const found = new Set(sources.map(({ path }) => roomOf(path)));
    const free = ['cli', 'lsp', 'rules', 'codes', undefined];
    expect([...found].filter((room) => !free.includes(room) && rooms[room ?? ''] === undefined)).toEqual([]);
  });

  test('of rules name only #sdk', () => {
    const isRule = (path: string): boolean => /^rules\/[^/]+\//.test(path);
    expect(badImports((target, { path }) => isRule(path) && target !== '#sdk')).toEqual([]);
  });

  test('of packages stay where they belong', () => {
    const isPackage = (target: string): boolean => !/^[.#]|^node:/.test(target);
    const astray = badImports(
      (target, { path }) => isPackage(target) && packages[target]?.test(path) !== true,
    );
    expect(astray).toEqual([]);
  });

  test('that reach the file system, processes or the network stay at the edge', () => {
    const astray = badImports((target, { path }) => {
      const [name = ''] = target.replace('node:', '').split('/');
      return outsideWorld.includes(name) && builtinModules.includes(name) && !mayReachOutside.test(path);
    });
    expect(astray).toEqual([]);
  });
});

test('only the command line writes to the terminal and sets the exit code', () => {
  const writing = /\bprocess\.(?:stdout|stderr|exit|exitCode)\b|\bconsole\./;
  expect(matching(({ path, text }) => !path.startsWith('src/cli/') && writing.test(text))).toEqual([]);
});

test('only rules have a default export', () => {
  const isRule = (path: string): boolean => /^rules\/[^/]+\/[^/]+\/rule\.ts$/.test(path);
  expect(matching(({ path, text }) => isRule(path) !== /^export default /m.test(text))).toEqual([]);
});

test('file names are in kebab case', () => {
  const kebab = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:gen|test|bench|fuzz))?\.ts$/;
  expect(files.map(({ path }) => path).filter((path) => !kebab.test(basename(path)))).toEqual([]);
});

test('no file is longer than 400 lines', () => {
  expect(matching(({ path, text }) => !path.endsWith('.gen.ts') && text.split('\n').length > 401)).toEqual(
    [],
  );
});

function matching(judge: (file: File) => boolean): string[] {
  return sources.filter(judge).map(({ path }) => path);
}
