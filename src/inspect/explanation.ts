import type { Resource } from '../graph/resource.ts';
import type { At } from '../model/paths.ts';

/** An object that decides something, and the field of it that does. */
export interface Place {
  readonly resource: Resource;
  readonly at?: At;
}

/** One thing that is so, with what makes it so. */
export interface Step {
  readonly text: string;
  /** Set for what is not as it was probably meant. */
  readonly problem?: true;
  readonly places: readonly Place[];
}

export interface Section {
  readonly title: string;
  readonly steps: readonly Step[];
}

/** An answer to a question about a mesh: the answer itself, and step by step how it comes about. */
export interface Explanation {
  readonly title: string;
  readonly verdict: string;
  readonly sections: readonly Section[];
}

export function step(text: string, ...places: readonly (Place | undefined)[]): Step {
  return { text, places: places.filter((place) => place !== undefined) };
}

export function problem(text: string, ...places: readonly (Place | undefined)[]): Step {
  return { ...step(text, ...places), problem: true };
}

/** A field of a resource. */
export function field(resource: Resource, owner: object | undefined, key?: string | number): Place {
  return owner === undefined ? { resource } : { resource, at: { owner, key, part: 'value' } };
}
