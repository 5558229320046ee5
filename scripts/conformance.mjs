// @ts-check
// Compares the built command with recorded answers of Istio's own analyzer, where they are at hand: which findings there
// are (by the scorer beside the answers), and where they point. Prints a table by code and every difference in place
// with its reason; fails on what is neither recorded nor listed in test/conformance, and below 95 % of lines that are
// equal or better. MESHLINT_CONFORMANCE names the folder; without it the one beside the checkout is tried.
//   npm run build && npm run conformance [-- --suite validation …]        arguments are the scorer's
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareLines } from './conformance/compare.mjs';
import { explain } from './conformance/explain.mjs';
import { codeTable, differenceList, share } from './conformance/table.mjs';

const LEAST_PERCENT = 95;
// On Node 20 this variable makes every start read a whole bundle of certificates, and there are hundreds.
delete process.env.NODE_EXTRA_CA_CERTS;
const root = fileURLToPath(new URL('../', import.meta.url));
const folder = process.env.MESHLINT_CONFORMANCE ?? join(root, '../shared/conformance');
const lists = process.env.MESHLINT_CONFORMANCE_LISTS ?? join(root, 'test/conformance');
const scorer = join(folder, 'score.mjs');

if (!existsSync(scorer)) {
  console.log(
    `Conformance skipped: no recorded answers in ${folder} (MESHLINT_CONFORMANCE names another folder)`,
  );
} else {
  const deviations = join(lists, 'deviations.json');
  const score = runScorer(deviations);
  const { explained, unused } = explain(
    await compareLines(folder),
    read(join(lists, 'lines.json')),
    read(deviations),
  );
  console.log([...codeTable(explained, score.byCode), '', ...differenceList(explained)].join('\n'));
  for (const { kind, code, reason } of unused) {
    console.log(`lines.json explains nothing any more: ${kind} ${code}, "${reason}"`);
  }
  const { good, lines, percent } = share(explained);
  const open = explained.filter(({ kind }) => kind === 'differs').length;
  const words = [
    ...score.summaries,
    `lines equal or better ${good}/${lines} (${percent.toFixed(1)} %), unexplained ${open}`,
  ];
  console.log(words.join('\n'));
  const counts = score.summaries.map((line) => line.replace(/^(\w+: \S+).*/, '$1').replace(':', ''));
  console.log(`Conformance ${[...counts, `lines ${percent.toFixed(1)} %`].join(', ')}`);
  const isGood = score.passed && open === 0 && unused.length === 0 && percent >= LEAST_PERCENT;
  process.exitCode = isGood ? 0 : 1;
}

/** @param {string} file */
function read(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Runs the scorer and tells its counts by code from the rest, which is printed. @param {string} deviations */
function runScorer(deviations) {
  const args = [scorer, '--verbose', '--deviations', deviations, ...process.argv.slice(2)];
  const { status, stdout } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 28,
  });
  /** @type {Map<string, string>} */
  const byCode = new Map();
  /** @type {string[]} */
  const summaries = [];
  for (const line of stdout.split('\n').filter((one) => one !== '')) {
    const count = /^(?<code>IST\d{4}) (?<found>\d+\/\d+)$/.exec(line)?.groups;
    if (count !== undefined) byCode.set(count.code ?? '', count.found ?? '');
    else if (/^\w+: \d+\/\d+/.test(line)) summaries.push(line);
    else console.log(line);
  }
  return { byCode, summaries, passed: status === 0 };
}
