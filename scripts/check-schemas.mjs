// @ts-check
// Compares schemas/ with CustomResourceDefinitions: every field, type, enum, bound, pattern, required field and list
// key, both ways. Prints the counts and every difference; those in schemas/differences.json have a reason.
//   npm run check:schemas [-- FILE…]        default: ../shared/reference/crds/*.yaml
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { Catalogue } from './generate-kinds.mjs';

/** @typedef {import('./generate-kinds.mjs').Schema} Schema */
/** @typedef {Map<string, string>} Facts what is said of a field, by keyword, as JSON */
/** @typedef {Map<string, Facts>} Fields facts by path: `.spec.rules[].name`, `.spec.labels{}` */
/** @typedef {{ group: string, kind: string, version: string, channel: string, fields: Fields }} Definition */
/** @typedef {{ kind: string, path: string, fact: string, crd: string, ours: string }} Difference */
/** @typedef {{ kind?: string, channel?: string, path?: string, under?: string, fact?: string, reason: string }} Reason */

const root = fileURLToPath(new URL('../', import.meta.url));
const COMPARED = /** @type {const} */ ([
  ...['type', 'enum', 'pattern', 'required', 'default'],
  ...[
    'minimum',
    'maximum',
    'minLength',
    'maxLength',
    'minItems',
    'maxItems',
    'minProperties',
    'maxProperties',
  ],
  ...['x-kubernetes-int-or-string', 'x-kubernetes-preserve-unknown-fields', 'x-kubernetes-list-map-keys'],
]);
/** The API server brings these to every kind, whatever its definition says of them. */
const COMMON = new Set(['.apiVersion', '.kind', '.metadata']);
const MAX_DEPTH = 60;

/** @param {string[]} paths */
function definitions(paths) {
  /** @type {Definition[]} */
  const found = [];
  for (const path of paths)
    for (const document of parseAllDocuments(readFileSync(path, 'utf8'))) {
      const crd = document.toJS({ maxAliasCount: -1 });
      if (crd?.kind !== 'CustomResourceDefinition') continue;
      const { group, names, versions = [] } = crd.spec;
      const channel = crd.metadata.annotations?.['gateway.networking.k8s.io/channel'] ?? '';
      for (const { name: version, schema } of versions) {
        /** @type {Fields} */
        const fields = new Map();
        flatten((_, plain) => ({ file: '', schema: plain }), '', schema.openAPIV3Schema, '', fields, 0);
        found.push({ group, kind: names.kind, version, channel, fields });
      }
    }
  return found;
}

/**
 * @param {(file: string, schema: Schema) => { file: string, schema: Schema }} resolve
 * @param {string} file @param {Schema} written @param {string} path @param {Fields} fields @param {number} depth
 */
function flatten(resolve, file, written, path, fields, depth) {
  if (COMMON.has(path) || depth > MAX_DEPTH) return;
  const { file: home, schema } = resolve(file, written);
  /** @type {Facts} */
  const facts = new Map();
  for (const name of COMPARED) {
    const value = schema[name] ?? written[name];
    if (value !== undefined)
      facts.set(name, JSON.stringify(Array.isArray(value) ? [...value].sort() : value));
  }
  if (schema['x-kubernetes-list-type'] === 'set') facts.set('x-kubernetes-list-type', '"set"');
  if (schema['x-kubernetes-int-or-string']) facts.delete('type');
  if (path === '') facts.delete('type');
  if (written.deprecated) facts.set('deprecated', 'true');
  fields.set(path, facts);
  for (const [name, field] of Object.entries(schema.properties ?? {}))
    flatten(resolve, home, field, `${path}.${name}`, fields, depth + 1);
  if (schema.items) flatten(resolve, home, schema.items, `${path}[]`, fields, depth + 1);
  if (typeof schema.additionalProperties === 'object')
    flatten(resolve, home, schema.additionalProperties, `${path}{}`, fields, depth + 1);
}

/** Our fields by `group/Kind`. */
function ourFields() {
  const catalogue = new Catalogue();
  /** @param {string} file @param {Schema} schema @returns {{ file: string, schema: Schema }} */
  const resolve = (file, schema) => {
    if (!schema.$ref) return { file, schema };
    const def = catalogue.def(file, schema.$ref);
    return resolve(def.file, def.schema);
  };
  /** @type {Map<string, Fields>} */
  const kinds = new Map();
  for (const { file, schema, header } of catalogue.kinds) {
    if (file.startsWith('kubernetes/') || header.pseudo) continue;
    /** @type {Fields} */
    const fields = new Map();
    flatten(resolve, file, schema, '', fields, 0);
    kinds.set(`${header.group}/${header.kind}`, fields);
  }
  return kinds;
}

/** @param {Definition} definition @param {Fields} ours */
function compare({ kind, fields }, ours) {
  /** @type {Difference[]} */
  const differences = [];
  const counts = { fields: 0, facts: 0, ourFields: 0, ourFacts: 0, older: 0 };
  for (const [path, facts] of fields) {
    const own = ours.get(path);
    if (own === undefined) {
      differences.push({ kind, path, fact: 'field', crd: 'there', ours: 'missing' });
      continue;
    }
    counts.fields++;
    for (const [fact, crd] of facts) {
      const said = own.get(fact);
      if (said === crd) counts.facts++;
      else differences.push({ kind, path, fact, crd, ours: said ?? 'missing' });
    }
  }
  for (const [path, facts] of ours) {
    const theirs = fields.get(path);
    // What only earlier releases served, with all that is in it.
    if (theirs === undefined && [...ours].some(([above, f]) => f.has('deprecated') && within(path, above))) {
      counts.older++;
      continue;
    }
    if (theirs === undefined) {
      differences.push({ kind, path, fact: 'field', crd: 'missing', ours: 'there' });
      continue;
    }
    counts.ourFields++;
    for (const [fact, said] of facts) {
      if (fact === 'deprecated') continue;
      if (theirs.has(fact)) counts.ourFacts += theirs.get(fact) === said ? 1 : 0;
      else differences.push({ kind, path, fact, crd: 'missing', ours: said });
    }
  }
  return { differences, counts };
}

/** @param {string} path @param {string} above */
function within(path, above) {
  return path === above || (path.startsWith(above) && /^[.[{]/.test(path.slice(above.length)));
}

/** @param {Reason[]} reasons @param {Difference} difference @param {string} channel */
function reasonFor(reasons, { kind, path, fact }, channel) {
  return reasons.find(
    (reason) =>
      (reason.kind ?? kind) === kind &&
      (reason.channel ?? channel) === channel &&
      (reason.path ?? path) === path &&
      (reason.under === undefined || within(path, reason.under)) &&
      (reason.fact ?? fact) === fact,
  );
}

/** @param {string[]} paths */
function main(paths) {
  /** @type {Reason[]} */
  const reasons = JSON.parse(readFileSync(join(root, 'schemas/differences.json'), 'utf8'));
  const ours = ourFields();
  const total = { fields: 0, facts: 0, ourFields: 0, ourFacts: 0, older: 0, explained: 0, unexplained: 0 };
  /** @type {Map<Reason, number>} */
  const uses = new Map();
  const compared = new Set();
  for (const definition of definitions(paths)) {
    const { group, kind, version, channel } = definition;
    const name = `${group}/${kind} ${version}${channel && ` (${channel})`}`;
    const own = ours.get(`${group}/${kind}`);
    compared.add(`${group}/${kind}`);
    const { differences, counts } = own
      ? compare(definition, own)
      : {
          differences: [{ kind, path: '', fact: 'kind', crd: 'there', ours: 'missing' }],
          counts: { fields: 0, facts: 0, ourFields: 0, ourFacts: 0, older: 0 },
        };
    let unexplained = 0;
    for (const difference of differences) {
      const reason = reasonFor(reasons, difference, channel);
      if (reason) uses.set(reason, (uses.get(reason) ?? 0) + 1);
      else {
        unexplained++;
        console.log(
          `  ${name} ${difference.path} ${difference.fact}: CRD ${difference.crd}, ours ${difference.ours}`,
        );
      }
    }
    const explained = differences.length - unexplained;
    for (const key of /** @type {const} */ (['fields', 'facts', 'ourFields', 'ourFacts', 'older']))
      total[key] += counts[key];
    total.explained += explained;
    total.unexplained += unexplained;
    const all = definition.fields.size;
    const facts = [...definition.fields.values()].reduce((sum, one) => sum + one.size, 0);
    console.log(
      `${name}: ${counts.fields} of ${all} fields and ${counts.facts} of ${facts} facts covered, ` +
        `${counts.ourFields} of our ${own ? own.size - counts.older : 0} fields served` +
        `${explained > 0 ? `, ${explained} differences with a reason` : ''}`,
    );
  }
  /** @type {Map<string, number>} */
  const byReason = new Map();
  for (const [{ reason }, count] of uses) byReason.set(reason, (byReason.get(reason) ?? 0) + count);
  for (const [reason, count] of byReason) console.log(`${count} differences: ${reason}`);
  const stale = given.length > 0 ? [] : reasons.filter((reason) => !uses.has(reason));
  for (const reason of stale)
    console.log(`schemas/differences.json explains nothing: ${JSON.stringify(reason)}`);
  const rest = [...ours.keys()].filter((name) => !compared.has(name));
  if (rest.length > 0) console.log(`Not compared, no definition given: ${rest.join(', ')}`);
  console.log(
    `In all: ${total.fields} fields and ${total.facts} facts agree; ${total.older} fields of earlier releases only; ` +
      `${total.explained} differences with a reason, ${total.unexplained} without.`,
  );
  if (total.unexplained + stale.length > 0) process.exitCode = 1;
}

const reference = join(root, '../shared/reference/crds');
const given = process.argv.slice(2);
const paths =
  given.length > 0
    ? given
    : existsSync(reference)
      ? readdirSync(reference)
          .filter((name) => name.endsWith('.yaml'))
          .map((name) => join(reference, name))
      : [];
if (paths.length === 0)
  console.log('skipped: no CustomResourceDefinitions are given, and there are none beside the checkout');
else main(paths);
