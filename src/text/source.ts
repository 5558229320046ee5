import type { Manifest } from './manifest.ts';

/** One input text. `text` has its BOM removed and CRLF folded to LF (line:column do not change by that). */
export interface Source {
  readonly path: string;
  readonly text: string;
  /** Of a text that a tool made of others: what is known of where it comes from. */
  readonly rendering?: Rendering;
  /** Of an object that was read from a cluster: it has no text, and nothing in it stands on a line. */
  readonly live?: { readonly cluster: string };
}

/** A text that kustomize or helm printed, and what it was made of. */
export interface Rendering {
  /** The folder that was rendered, as people see it. */
  readonly folder: string;
  /** The file that makes it one: where places stand that nobody knows better. */
  readonly root: Source;
  /** What the document at an offset was made of, the likeliest first. */
  madeOf(offset: number): Promise<RenderedFrom>;
}

export interface RenderedFrom {
  /** Manifests that hold the same fields: the one that was listed, then what was merged into it. */
  readonly manifests: readonly Manifest[];
  /** Texts that are no manifests by themselves: templates, kustomizations with patches in them. */
  readonly texts: readonly Source[];
}

const BYTE_ORDER_MARK = 0xfeff;

/** Makes a source of the raw content of a file. */
export function createSource(path: string, raw: string): Source {
  const unmarked = raw.charCodeAt(0) === BYTE_ORDER_MARK ? raw.slice(1) : raw;
  return { path, text: unmarked.includes('\r\n') ? unmarked.replaceAll('\r\n', '\n') : unmarked };
}
