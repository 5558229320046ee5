// @ts-check
// Scaffolds a rule that fails its tests until somebody has filled in what it is about:
// npm run new-rule -- routing/some-rule --code IST1299 --code-name SomethingWrong --reads VirtualService,Gateway:all
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../', import.meta.url));
const areas = ['ambient', 'authz', 'gateway', 'input', 'mtls', 'routing', 'telemetry'];
const usage = `npm run new-rule -- AREA/NAME --code ISTnnnn --reads KIND,KIND:all [options]

  AREA/NAME     the folder, named after the bad thing; areas: ${areas.join(', ')}
  --code        its code; several rules may share one
  --code-name   the meaning of a code that is new, like IneffectiveSelector
  --reads       kinds that the rule reads; the first without ":all" is what it judges; ":all" marks a kind
                whose absence it may report
  --severity    error, warning (the default) or info`;

const wish = readWish();
/** @type {readonly (readonly [string, string])[]} */
const written = [
  [`rules/${wish.path}/rule.ts`, ruleText()],
  [`rules/${wish.path}/README.md`, pageText()],
  [`.changeset/${wish.path.replace('/', '-')}.md`, changesetText()],
];
addCode();
for (const [path, text] of written) {
  mkdirSync(`${root}${path.slice(0, path.lastIndexOf('/'))}`, { recursive: true });
  writeFileSync(root + path, text);
}
const generated = spawnSync(process.execPath, ['scripts/generate.mjs'], { cwd: root, stdio: 'inherit' });
if (generated.status !== 0) process.exit(1);
console.log(`${written.map(([path]) => `wrote ${path}`).join('\n')}
Replace every FILL IN, then run
  npx vitest run test/rules.test.ts test/parity.test.ts -t ${wish.path}`);

/** What was asked for, checked. */
function readWish() {
  const { values, positionals } = readArguments();
  const [path = ''] = positionals;
  const [area = '', name = ''] = path.split('/');
  if (positionals.length !== 1 || !areas.includes(area))
    return refuse(`the rule is named AREA/NAME, one of ${areas.join(', ')} first`);
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name)) return refuse(`"${name}" is not in kebab case`);
  const taken = areas.find((other) => existsSync(`${root}rules/${other}/${name}`));
  if (taken !== undefined) return refuse(`there is a rule ${taken}/${name} already`);
  const { code = '', severity = 'warning' } = values;
  if (!/^IST\d{4}$/.test(code)) return refuse('--code is IST and four digits');
  if (!['error', 'warning', 'info'].includes(severity)) return refuse('--severity is error, warning or info');
  const reads = readKinds(values.reads ?? '');
  const subject = reads.find(({ all }) => !all);
  if (subject === undefined) return refuse('--reads needs a kind without ":all", which the rule judges');
  return { path, name, code, codeName: values['code-name'], severity, reads, subject: subject.kind };
}

function readArguments() {
  const text = /** @type {const} */ ({ type: 'string' });
  try {
    const options = { code: text, 'code-name': text, reads: text, severity: text };
    return parseArgs({ allowPositionals: true, options });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/** @param {string} list */
function readKinds(list) {
  const known = kindFacts();
  return list
    .split(',')
    .filter((word) => word !== '')
    .map((word) => {
      const all = word.endsWith(':all');
      const kind = all ? word.slice(0, -':all'.length) : word;
      if (!known.has(kind)) return refuse(`meshlint knows no kind "${kind}"`);
      return { kind, all };
    });
}

/** Kinds by the model's name, with what a manifest writes. */
function kindFacts() {
  const text = readFileSync(`${root}src/model/kinds.gen.ts`, 'utf8');
  const lines = text.matchAll(
    /^ {2}(?<model>\w+): \{ group: '(?<group>[^']*)', kind: '(?<kind>\w+)', plural: '\w+', versions: \['(?<version>\w+)'.*namespaced: (?<namespaced>\w+)/gm,
  );
  return new Map(
    [...lines].map(({ groups: { model = '', group = '', kind = '', version = '', namespaced } = {} }) => [
      model,
      { kind, apiVersion: group === '' ? version : `${group}/${version}`, namespaced: namespaced === 'true' },
    ]),
  );
}

/** A new code gets its line in the table, and in the record of codes that were ever given out. */
function addCode() {
  const { code, codeName } = wish;
  const table = readFileSync(`${root}rules/codes.ts`, 'utf8');
  if (table.includes(`  ${code}: {`)) return;
  if (codeName === undefined || !/^(?:[A-Z][A-Za-z0-9]*)$/.test(codeName)) {
    return refuse(`${code} is new: say what it means with --code-name, like IneffectiveSelector`);
  }
  const record = readFileSync(`${root}test/fixtures/codes.txt`, 'utf8').trimEnd().split('\n');
  writeFileSync(
    `${root}test/fixtures/codes.txt`,
    `${[...record, `${code} ${codeName}`].sort().join('\n')}\n`,
  );
  const lines = table.split('\n');
  const before = lines.findLastIndex((line) => {
    const own = /^ {2}(IST\d{4}): \{/.exec(line)?.[1];
    return own !== undefined && own < code;
  });
  lines.splice(before + 1, 0, `  ${code}: { name: '${codeName}' },`);
  writeFileSync(`${root}rules/codes.ts`, lines.join('\n'));
}

function ruleText() {
  const { code, severity, reads, subject, name } = wish;
  const id = camel(name);
  const variable = `${subject.slice(0, 1).toLowerCase()}${subject.slice(1)}`;
  return `import { at, defineRule, showRef } from '#sdk';

export default defineRule({
  code: '${code}',
  severity: '${severity}',
  since: '${nextRelease()}',
  summary: 'FILL IN: what is wrong, in one sentence.',
  reads: { ${reads.map(({ kind, all }) => `${kind}: '${all ? 'all' : 'some'}'`).join(', ')} },
  messages: {
    ${id}: {
      what: 'FILL IN: ${subject} {name} is wrong.',
      why: 'FILL IN: what happens at run time.',
      help: 'FILL IN: what to do about it.',
    },
  },
  check({ graph, report }) {
    for (const ${variable} of graph.list('${subject}')) {
      report(${variable}, {
        at: at(${variable}.metadata, 'name'),
        message: '${id}',
        data: { name: showRef(${variable}) },
      });
    }
  },
});
`;
}

function pageText() {
  const { name, code, severity, subject } = wish;
  const facts = kindFacts().get(subject);
  const manifest = (/** @type {string} */ resource, /** @type {string} */ marker) =>
    [
      '```yaml',
      `apiVersion: ${facts?.apiVersion}`,
      `kind: ${facts?.kind}`,
      'metadata:',
      `  name: ${resource}${marker}`,
      ...(facts?.namespaced ? ['  namespace: shop'] : []),
      '```',
    ].join('\n');
  return `# ${name}
\`${code}\` · ${severity} · since ${nextRelease()}

FILL IN: what is wrong, in one sentence.

## Why
FILL IN: what happens at run time, and to whom.

## Bad
${manifest('wrong', ` # ! ${name}`)}

## Good
${manifest('right', '')}

## Fix
FILL IN: what to do.

## Source
FILL IN: the code or document of Istio that proves it.

## When to ignore
FILL IN: when the finding may be left alone.
`;
}

function changesetText() {
  return `---
"meshlint": minor
---

New rule \`${wish.path}\` (${wish.code}): FILL IN.
`;
}

/** The next minor release: new rules come with it. */
function nextRelease() {
  /** @type {{ version: string }} */
  const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  const [major = '0', minor = '0'] = version.split('.');
  return `${major}.${Number(minor) + 1}.0`;
}

/** @param {string} name */
function camel(name) {
  return name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
}

/** @param {string} why @returns {never} */
function refuse(why) {
  console.error(`${why}\n\n${usage}`);
  process.exit(2);
}
