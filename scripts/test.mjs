// @ts-check
// Everything that CI runs, cheap things first; stops where something fails. What needs nothing of each other runs side by
// side. Names as arguments run only those steps: npm test -- types unit
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const root = fileURLToPath(new URL('../', import.meta.url));

/** @typedef {{ name: string, says: string, command: string, args: string[], hint?: string }} Step */

/** What runs side by side, one group after the other. @type {readonly (readonly Step[])[]} */
const groups = [
  [
    {
      name: 'generated',
      says: 'generated files are fresh',
      command: process.execPath,
      args: ['scripts/generate.mjs', '--check'],
      hint: 'npm run generate',
    },
    {
      name: 'lint',
      says: 'lint and format',
      command: bin('biome'),
      args: ['check', '.'],
      hint: 'npm run format',
    },
    { name: 'types', says: 'types', command: bin('tsc'), args: ['--noEmit'] },
    { name: 'unused', says: 'no unused files, exports or packages', command: bin('knip'), args: [] },
  ],
  [{ name: 'build', says: 'build', command: process.execPath, args: ['scripts/build.mjs'] }],
  [
    { name: 'package', says: 'shape of the package', command: bin('publint'), args: ['run', '--strict'] },
    {
      name: 'conformance',
      says: 'answers as recorded of Istio',
      command: process.execPath,
      args: ['scripts/conformance.mjs'],
    },
  ],
  // Alone: some of them say how long something may take.
  [{ name: 'unit', says: 'tests', command: bin('vitest'), args: ['run'] }],
];
const steps = groups.flat();

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`no step ${unknown.join(', ')}; there are ${steps.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

const begin = performance.now();
for (const group of groups) {
  const wanted = group.filter(({ name }) => asked.length === 0 || asked.includes(name));
  const passed = await Promise.all(wanted.map(runStep));
  if (passed.includes(false)) process.exit(1);
}
console.log(`all passed in ${seconds(performance.now() - begin)}`);

/** Runs a step, tells how it ended, and whether it passed. @param {Step} step */
async function runStep({ name, says, command, args, hint }) {
  const from = performance.now();
  const { code, output } = await run(command, args);
  const took = seconds(performance.now() - from);
  if (code === 0) {
    console.log(`✓ ${says.padEnd(40)} ${took.padStart(7)}  ${summary(output)}`.trimEnd());
    return true;
  }
  console.log(`✗ ${says} (${took})\n\n${output.trimEnd()}\n`);
  const repair = hint === undefined ? '' : `; ${hint} may repair it`;
  console.log(`failed: ${name}, again with: npm test -- ${name}${repair}`);
  return false;
}

/** @param {string} name */
function bin(name) {
  return `${root}node_modules/.bin/${name}`;
}

/** @param {number} milliseconds */
function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/**
 * What a step counted, or that it was skipped; most have nothing to say when they pass.
 * @param {string} output
 */
function summary(output) {
  const plain = stripVTControlCharacters(output);
  return /^\s*(?:Tests|Conformance)\s+(?<counts>.*\S)\s*$/m.exec(plain)?.groups?.counts ?? '';
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<{ code: number, output: string }>}
 */
function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (/** @type {Buffer} */ chunk) => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => resolve({ code: 1, output: `${output}${error.message}` }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
