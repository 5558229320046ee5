/** One input text. `text` has its BOM removed and CRLF folded to LF (line:column do not change by that). */
export interface Source {
  readonly path: string;
  readonly text: string;
}

const BYTE_ORDER_MARK = 0xfeff;

/** Makes a source of the raw content of a file. */
export function createSource(path: string, raw: string): Source {
  const unmarked = raw.charCodeAt(0) === BYTE_ORDER_MARK ? raw.slice(1) : raw;
  return { path, text: unmarked.includes('\r\n') ? unmarked.replaceAll('\r\n', '\n') : unmarked };
}
