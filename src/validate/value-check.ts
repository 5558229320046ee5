import type { Kind, Kinds } from '../model/kinds.gen.ts';

/** Says what is wrong with a value, at the very object that holds it. */
export interface ValueReport {
  /** istiod refuses the resource (IST0106). */
  error(owner: object, key: string | number | undefined, problem: string, help: string): void;
  /** istiod takes it and warns (IST0133). */
  warning(owner: object, key: string | number | undefined, problem: string, help: string): void;
  /** A warning that most people have no use for: only shown when IST0133 is switched on by name. */
  hint(owner: object, key: string | number | undefined, problem: string, help: string): void;
}

/** A manifest as its values are checked: by itself, without anything around it. */
export interface Subject<K extends Kind> {
  readonly kind: K;
  readonly body: Kinds[K];
  /** The namespace as written. */
  readonly namespace: string | undefined;
}

/** Checks the values of one kind beyond their shape, as istiod's validation does (pkg/config/validation). */
export type ValueCheck<K extends Kind> = (subject: Subject<K>, report: ValueReport) => void;
