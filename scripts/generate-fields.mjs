// @ts-check
// Turns schemas/ into dist/fields.json: what `meshlint explain` says of kinds and their fields. The shapes that run with
// every analysis carry no words; these do, and are read only when somebody asks.
import { Catalogue } from './generate-kinds.mjs';

/** @typedef {import('./generate-kinds.mjs').Place} Place */
/** @typedef {import('../src/model/field-tree.ts').FieldNode} FieldNode */
/** @typedef {import('../src/model/field-tree.ts').FieldTree} FieldTree */

/** Said alike of every field. */
const SAME = /** @type {const} */ ([
  ...['type', 'description', 'default', 'deprecated', 'enum', 'pattern', 'required'],
  ...['minimum', 'maximum', 'minLength', 'maxLength'],
  ...['minItems', 'maxItems', 'minProperties', 'maxProperties'],
]);

/** @returns {FieldTree} */
function fieldTree(catalogue = new Catalogue()) {
  /** References stay, by name: definitions are shared, and may refer to themselves. @param {Place} place @returns {FieldNode} */
  function node({ file, schema }) {
    /** @type {Record<string, unknown>} */
    const said = {};
    for (const name of SAME) if (schema[name] !== undefined) said[name] = schema[name];
    if (schema.$ref) said.ref = catalogue.def(file, schema.$ref).name;
    if (schema['x-kubernetes-int-or-string']) said.type = 'integer or string';
    if (schema['x-kubernetes-preserve-unknown-fields']) said.open = true;
    if (schema['x-kubernetes-list-map-keys']) said.keys = schema['x-kubernetes-list-map-keys'];
    else if (schema['x-kubernetes-list-type'] === 'set') said.keys = [];
    if (schema.items) said.items = node({ file, schema: schema.items });
    if (schema.additionalProperties) said.values = node({ file, schema: schema.additionalProperties });
    if (schema.properties) {
      const fields = Object.entries(schema.properties);
      said.fields = Object.fromEntries(fields.map(([name, field]) => [name, node({ file, schema: field })]));
    }
    return said;
  }

  /** The fields that every kind has alike. @param {import('./generate-kinds.mjs').Header} header */
  const common = ({ group, kind, versions: [version = ''] }) => ({
    apiVersion: `Group and version of the kind, such as \`${group === '' ? version : `${group}/${version}`}\`.`,
    kind: `The kind: \`${kind}\`.`,
  });

  const kinds = catalogue.kinds.map(({ file, schema, header }) => {
    const root = node({ file, schema });
    const fields = { ...root.fields };
    for (const [name, description] of Object.entries(common(header)))
      if (fields[name]) fields[name] = { description, ...fields[name] };
    const { model: _, ...facts } = header;
    /** @type {{ partial?: true }} */
    const part = file.startsWith('kubernetes/') ? { partial: true } : {};
    return { ...facts, ...part, root: { ...root, fields } };
  });
  const defs = [...catalogue.defs.values()].map((def) => [def.name, node(def)]);
  return { kinds, defs: Object.fromEntries(defs) };
}

/** The text of dist/fields.json. */
export function fieldsText() {
  return `${JSON.stringify(fieldTree())}\n`;
}
