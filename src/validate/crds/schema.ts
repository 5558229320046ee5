import type { Limits } from '../../model/shape.ts';
import { asList, asNumber, asObject, asText, type Fields } from './read.ts';

/** A schema of a CustomResourceDefinition, made ready for walks over values. */
export interface CrdSchema {
  readonly type: CrdType;
  readonly nullable: boolean;
  readonly fields: ReadonlyMap<string, CrdSchema>;
  /** The items of a list, the values of a map. */
  readonly item: CrdSchema | undefined;
  /** Keeps fields that it does not name. */
  readonly open: boolean;
  readonly default: unknown;
  /** The fields that have a default. */
  readonly defaulted: readonly string[];
  readonly limits: Limits;
  readonly format: string | undefined;
  /** The raw schema, if it has limits that are rarer than those. */
  readonly rare: Fields | undefined;
  /** Further schemas that a value has to fit. */
  readonly allOf: readonly CrdSchema[];
  readonly rules: CrdRule[];
  /** Other names that were met, each with the field that it is a slip of. */
  slips: Map<string, string | undefined> | undefined;
}

export type CrdType =
  | 'string'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'list'
  | 'map'
  | 'object'
  | 'integer or string'
  | 'any';

/** One entry of `x-kubernetes-validations`. */
export interface CrdRule {
  readonly rule: string;
  readonly message: string | undefined;
  readonly messageExpression: string | undefined;
  readonly fieldPath: string | undefined;
  readonly optionalOldSelf: boolean;
}

const NO_FIELDS: ReadonlyMap<string, CrdSchema> = new Map();
const EMBEDDED = ['apiVersion', 'kind', 'metadata'];
const RARE = ['anyOf', 'oneOf', 'not', 'multipleOf', 'exclusiveMinimum', 'exclusiveMaximum', 'enum'] as const;
/** Sizes of what may be of any type, as in an `allOf`. */
const SIZES = [
  ...['minimum', 'maximum', 'minLength', 'maxLength'],
  ...['minItems', 'maxItems', 'minProperties', 'maxProperties'],
];

/**
 * Reads a schema as the API server does; what is no schema allows everything. `open`: whether fields are kept that
 * nothing names.
 */
export function readCrdSchema(written: unknown, open: boolean): CrdSchema {
  const raw = asObject(written) ?? {};
  const keeps = open || raw['x-kubernetes-preserve-unknown-fields'] === true;
  const type = typeOf(raw);
  const rare = type === 'any' ? [...RARE, ...SIZES] : RARE;
  const allOf = (asList(raw.allOf) ?? []).map((one) => readCrdSchema(one, true));
  const fields = fieldsOf(raw, open);
  const schema: CrdSchema = {
    type,
    nullable: raw.nullable === true,
    fields,
    item: itemOf(raw, type, open),
    open: keeps || type === 'any' || raw.additionalProperties === true,
    default: raw.default,
    defaulted: [...fields].flatMap(([name, field]) => (field.default === undefined ? [] : [name])),
    limits: limitsOf(raw, type),
    format: asText(raw.format),
    rare: rare.some((name) => raw[name] !== undefined) ? raw : undefined,
    allOf,
    rules: (asList(raw['x-kubernetes-validations']) ?? []).flatMap(readRule),
    slips: undefined,
  };
  for (const one of allOf) adoptRules(schema, one);
  return schema;
}

/** Whether it, or something in it, has rules. */
export function hasRules(schema: CrdSchema): boolean {
  if (schema.rules.length > 0) return true;
  return (schema.item !== undefined && hasRules(schema.item)) || [...schema.fields.values()].some(hasRules);
}

function typeOf(raw: Fields): CrdType {
  if (raw['x-kubernetes-int-or-string'] === true) return 'integer or string';
  switch (raw.type) {
    case 'string':
    case 'integer':
    case 'number':
    case 'boolean':
      return raw.type;
    case 'array':
      return 'list';
    case 'object':
      return asObject(raw.properties) === undefined && asObject(raw.additionalProperties) ? 'map' : 'object';
    default:
      return 'any';
  }
}

function fieldsOf(raw: Fields, open: boolean): ReadonlyMap<string, CrdSchema> {
  const properties = Object.entries(asObject(raw.properties) ?? {});
  const embedded = raw['x-kubernetes-embedded-resource'] === true ? EMBEDDED : [];
  if (properties.length === 0 && embedded.length === 0) return NO_FIELDS;
  const fields = new Map(properties.map(([name, field]) => [name, readCrdSchema(field, open)]));
  for (const name of embedded) {
    // The API server knows the metadata of resources by itself, whatever a schema says of it.
    if (name === 'metadata' || !fields.has(name)) fields.set(name, readCrdSchema({}, true));
  }
  return fields;
}

function itemOf(raw: Fields, type: CrdType, open: boolean): CrdSchema | undefined {
  const written =
    type === 'list' || type === 'any' ? (raw.items ?? raw.additionalProperties) : raw.additionalProperties;
  return asObject(written) === undefined ? undefined : readCrdSchema(written, open);
}

const bounds = {
  list: ['minItems', 'maxItems'],
  map: ['minProperties', 'maxProperties'],
  object: ['minProperties', 'maxProperties'],
  integer: ['minimum', 'maximum'],
  number: ['minimum', 'maximum'],
  'integer or string': ['minimum', 'maximum'],
  string: ['minLength', 'maxLength'],
} as const;

function limitsOf(raw: Fields, type: CrdType): Limits {
  const [least, most] = (type === 'any' || type === 'boolean' ? undefined : bounds[type]) ?? [];
  const min = least === undefined ? undefined : asNumber(raw[least]);
  const max = most === undefined ? undefined : asNumber(raw[most]);
  const pattern = asText(raw.pattern);
  const required = asList(raw.required)?.filter((name) => typeof name === 'string');
  const listType = raw['x-kubernetes-list-type'];
  const keys =
    listType === 'map'
      ? asList(raw['x-kubernetes-list-map-keys'])?.filter((key) => typeof key === 'string')
      : listType === 'set' || raw.uniqueItems === true
        ? []
        : undefined;
  return {
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(pattern === undefined ? {} : { pattern }),
    ...(required === undefined ? {} : { required }),
    ...(keys === undefined ? {} : { keys }),
  };
}

function readRule(written: unknown): CrdRule[] {
  const raw = asObject(written);
  const rule = asText(raw?.rule)?.trim();
  if (raw === undefined || rule === undefined || rule === '') return [];
  return [
    {
      rule,
      message: asText(raw.message)?.trim() || undefined,
      messageExpression: asText(raw.messageExpression),
      fieldPath: asText(raw.fieldPath),
      optionalOldSelf: raw.optionalOldSelf === true,
    },
  ];
}

/** Rules of an `allOf` are about the same values as those of the schema itself. */
function adoptRules(schema: CrdSchema, from: CrdSchema): void {
  schema.rules.push(...from.rules);
  if (schema.item !== undefined && from.item !== undefined) adoptRules(schema.item, from.item);
  for (const [name, field] of from.fields) {
    const own = schema.fields.get(name);
    if (own !== undefined) adoptRules(own, field);
  }
}
