/** What is known of a kind without looking at any resource. */
export interface KindInfo {
  readonly group: string;
  /** The kind as manifests write it; the model's own name may differ (KubernetesGateway). */
  readonly kind: string;
  readonly plural: string;
  /** Served versions, the preferred one first. */
  readonly versions: readonly string[];
  readonly namespaced: boolean;
  /** Set for what is a file of its own rather than a resource: MeshConfig, MeshNetworks. */
  readonly pseudo?: true;
}

export type ScalarShape = 'string' | 'integer' | 'number' | 'boolean' | 'integer or string' | 'any';

/** What a value must keep to beyond its type. */
export interface Limits {
  /** The least and the most: of a number itself, of the letters of a text, of the entries of a list or a mapping. */
  readonly min?: number;
  readonly max?: number;
  readonly enum?: readonly (string | number)[];
  readonly pattern?: string;
  /** Fields that an object must have. */
  readonly required?: readonly string[];
  /** Fields that no two items of a list may have alike; without any, no two items are equal. */
  readonly keys?: readonly string[];
}

/** A scalar with limits. */
export interface LimitedShape extends Limits {
  readonly scalar: ScalarShape;
}

export interface ListShape extends Limits {
  readonly list: Shape;
}

export interface MapShape extends Limits {
  readonly map: Shape;
}

export interface ObjectShape extends Limits {
  readonly fields: Readonly<Record<string, Shape>>;
  /** What the API server writes into a field that is missing. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Takes fields of any name; those it names are the ones that are read. */
  readonly open?: true;
}

/** The name of a shape that several places share. */
export interface SharedShape {
  readonly ref: string;
}

/** The run-time side of a kind's type. An object may always carry fields its shape does not name. */
export type Shape = ScalarShape | LimitedShape | ListShape | MapShape | ObjectShape | SharedShape;

/** Shapes as the generator wrote them down, each under its kind, or under `#` and the name that others refer to. */
export interface ShapeTexts {
  readonly names: readonly string[];
  readonly texts: readonly string[];
}

/** Reads a shape that the generator wrote down: text costs nothing until someone asks. The caller keeps the result. */
export function readShape(text: string): Shape {
  return JSON.parse(text);
}
