// @ts-check
// Builds what is published: the command (dist/cli.js with lazy chunks), the rule pages and the descriptions of fields
// that `explain` prints, and the library behind the package's exports.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { fieldsText } from './generate-fields.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const libraryEntries = ['src/index.ts', 'src/sdk/index.ts', 'src/testing/index.ts'];
/** @type {{ version: string }} */
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

// Built aside and put in place as a whole: nothing stale stays, and nobody meets half a build.
const aside = mkdtempSync(`${root}.build-`);
const dist = `${aside}/dist`;
try {
  await buildCommand();
  warmCommand();
  buildPages();
  writeFileSync(`${dist}/fields.json`, fieldsText());
  buildLibrary();
  await buildSdk();
  if (existsSync(`${root}dist`)) renameSync(`${root}dist`, `${aside}/old`);
  renameSync(dist, `${root}dist`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(aside, { recursive: true, force: true });
}

/**
 * CommonJS starts some milliseconds faster than ES modules. What every run of `analyze` needs is one file; rules,
 * value checks and other commands are chunks that are loaded when they are asked for, for the time of a short run is
 * that of the code it loads. All are wrapped as functions for boot.cjs to call.
 */
async function buildCommand() {
  const bundle = await rolldown({
    input: { main: `${root}src/cli/main.ts` },
    cwd: root,
    platform: 'node',
    resolve: { conditionNames: ['meshlint-source', 'node', 'import', 'default'] },
    transform: { define: { MESHLINT_VERSION: JSON.stringify(version) } },
  });
  const { output } = await bundle.write({
    dir: dist,
    format: 'cjs',
    minify: true,
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    codeSplitting: {
      groups: [
        // What lazy chunks share with the entry stays there; what they share with each other is few chunks, not many.
        { name: 'main', tags: ['$initial'], priority: 3 },
        { name: 'mesh', test: /src\/(?:mesh|sdk|model|graph)\//, minShareCount: 2, priority: 2 },
        {
          name: 'checks',
          test: /src\/(?:validate\/(?!cel\/|crds\/)|model\/)/,
          minShareCount: 2,
          priority: 1,
        },
        // The library for CEL is big, and few inputs need it: nothing else may stand beside it.
        { name: 'cel', test: /src\/validate\/(?:cel|crds)\/|node_modules\/@bufbuild\//, priority: 0 },
      ],
    },
    postBanner: '(function (exports, require, __filename) {',
    postFooter: '})',
  });
  await bundle.close();
  const main = output.find((chunk) => chunk.fileName === 'main.js');
  const needed =
    main?.type === 'chunk'
      ? main.imports.filter((name) => output.some((chunk) => chunk.fileName === name))
      : [];
  // As when a module is imported both at the top and by import(): each further chunk costs every start.
  if (needed.length > 0)
    throw new Error(`main.js cannot start without ${needed.join(', ')}: it has to be whole.`);
  const burdened = output.filter(
    (chunk) =>
      chunk.type === 'chunk' &&
      /^(?:mesh|checks)\.js$/.test(chunk.fileName) &&
      chunk.imports.includes('cel.js'),
  );
  // Nearly every run loads what rules and value checks share.
  if (burdened.length > 0)
    throw new Error(
      `${burdened.map(({ fileName }) => fileName).join(', ')} must not load the library for CEL.`,
    );
  for (const name of readdirSync(dist)) {
    writeFileSync(`${dist}/${name}`, asciiOnly(readFileSync(`${dist}/${name}`, 'utf8')));
  }
  // The package is ESM; the bundle is not.
  writeFileSync(`${dist}/package.json`, '{ "type": "commonjs" }\n');
  copyFileSync(`${root}src/house/import-module.cjs`, `${dist}/import-module.cjs`);
  copyFileSync(`${root}src/cli/boot.cjs`, `${dist}/cli.js`);
  chmodSync(`${dist}/cli.js`, 0o755);
}

/**
 * Code of one byte a character is read and held at half the cost. In code, characters beyond ASCII stand in strings,
 * templates and regular expressions only, where an escape means the same.
 * @param {string} code
 */
function asciiOnly(code) {
  return code.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Keeps the code that V8 compiled for typical runs. Without it the command only starts more slowly. */
function warmCommand() {
  const args = [`${root}scripts/warm.cjs`, dist];
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) console.error('the compiled code could not be kept: the command will start more slowly');
}

/** The pages of the rules by `area/name`. */
function buildPages() {
  /** @type {Record<string, string>} */
  const pages = {};
  for (const area of folders('rules')) {
    for (const name of folders(`rules/${area}`)) {
      const page = `${root}rules/${area}/${name}/README.md`;
      if (existsSync(page)) pages[`${area}/${name}`] = readFileSync(page, 'utf8');
    }
  }
  writeFileSync(`${dist}/pages.json`, `${JSON.stringify(pages)}\n`);
}

/** Types are not checked here (`npm run types` does that), so that a build is quick and says one thing. */
function buildLibrary() {
  if (!libraryEntries.some((entry) => existsSync(root + entry))) return;
  const tsc = fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json')));
  const { status } = spawnSync(
    process.execPath,
    [tsc, '-p', `${root}tsconfig.build.json`, '--outDir', `${dist}/lib`],
    {
      stdio: 'inherit',
    },
  );
  if (status !== 0) process.exitCode = 1;
  writeFileSync(`${dist}/lib/package.json`, '{ "type": "module" }\n');
  // The package's own imports end where another package.json begins, so rules name the sdk by its place.
  for (const path of readdirSync(`${dist}/lib/rules`, { encoding: 'utf8', recursive: true })) {
    if (!/rule\.(?:js|d\.ts)$/.test(path)) continue;
    const file = `${dist}/lib/rules/${path}`;
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(/(?<=['"])#sdk(?=['"])/, '../../../src/sdk/index.js'),
    );
  }
}

/** The sdk for plugins as one file: as two hundred, it takes them longer to load than a small mesh to judge. */
async function buildSdk() {
  const bundle = await rolldown({ input: `${root}src/sdk/index.ts`, cwd: root, platform: 'node' });
  await bundle.write({ file: `${dist}/sdk.mjs`, format: 'esm', minify: true });
  await bundle.close();
}

/** @param {string} path */
function folders(path) {
  if (!existsSync(root + path)) return [];
  return readdirSync(root + path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}
