import { type Kind, kinds } from '../model/kinds.gen.ts';
import { nearestName } from '../model/near.ts';
import type { Shape } from '../model/shape.ts';
import type { Lookup, LookupStep } from '../validate/cel/lookups.ts';
import { watchOf } from '../validate/identify.ts';
import { loadShapes, type Shapes } from '../validate/shapes.ts';
import type { PlaceStep } from './places.ts';

/** A field that no kind of a check has. */
export interface UnknownField {
  /** The way to it, as `spec.http[].timeuot`. */
  readonly path: string;
  readonly suggestion?: string | undefined;
}

/** Tells which fields the kinds have; only one of them needs to have a field. */
export interface KnownFields {
  unknownIn(lookup: Lookup, at: readonly PlaceStep[]): UnknownField | undefined;
  unknownAt(at: readonly PlaceStep[]): UnknownField | undefined;
}

export async function loadKnownFields(judged: readonly Kind[]): Promise<KnownFields> {
  const shapes = await loadShapes(judged);
  const roots = judged.map((kind) => ({ shape: shapes.kind(kind), watch: watchOf(kinds[kind].group) }));

  function unknown(steps: readonly LookupStep[]): UnknownField | undefined {
    const answers = roots.map(({ shape, watch }) => {
      const field = follow(shape, steps, shapes);
      // As for fields in manifests: of some kinds we have too few to say more than what looks like a slip, or anything.
      const isTold = watch === 'all' || (watch === 'slips' && field?.suggestion !== undefined);
      return isTold ? field : undefined;
    });
    return answers.includes(undefined) ? undefined : answers[0];
  }
  return {
    unknownIn: ({ variable, steps }, at) => unknown([...startOf(variable, at), ...steps]),
    unknownAt: (at) => unknown(at.map(asLookup)),
  };
}

/** What a variable of an expression stands for, from the top of the manifest. */
function startOf(variable: string, at: readonly PlaceStep[]): readonly LookupStep[] {
  if (variable === 'object') return [];
  return variable === 'self' ? at.map(asLookup) : [{ field: variable }];
}

function asLookup(step: PlaceStep): LookupStep {
  return typeof step === 'string' ? { field: step } : { each: 'item' };
}

/** Fields that the API server fills in; shapes have only what people write. */
const serverFields =
  /^metadata\.(?:uid|resourceVersion|generation|creationTimestamp|deletionTimestamp|deletionGracePeriodSeconds|finalizers|ownerReferences|managedFields|selfLink)$/;

/** The first field on a way that a shape does not have; undefined when all are there, or nothing is known of them. */
function follow(root: Shape, steps: readonly LookupStep[], shapes: Shapes): UnknownField | undefined {
  let shape = root;
  let path = '';
  for (const step of steps) {
    if (typeof shape === 'object' && 'ref' in shape) shape = shapes.shared(shape.ref);
    // What has no fields of its own is judged where the expression is evaluated.
    if (typeof shape === 'string' || 'scalar' in shape || 'ref' in shape) return undefined;
    if ('each' in step) {
      path += '[]';
      if ('list' in shape) shape = shape.list;
      else if ('map' in shape && step.each === 'item') shape = shape.map;
      else return undefined;
      continue;
    }
    path += path === '' ? step.field : `.${step.field}`;
    if ('map' in shape) shape = shape.map;
    else if ('fields' in shape) {
      const next = Object.hasOwn(shape.fields, step.field) ? shape.fields[step.field] : undefined;
      if (next === undefined) {
        const isFree = shape.open === true || path === 'status' || serverFields.test(path);
        return isFree ? undefined : { path, suggestion: nearestName(step.field, Object.keys(shape.fields)) };
      }
      shape = next;
    } else return { path };
  }
  return undefined;
}
