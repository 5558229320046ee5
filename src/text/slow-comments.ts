// Comments of a document that the fast path would not take, as `yaml` cuts it into tokens.
import { CST, Lexer } from 'yaml';

/** Offsets of the `#` that begin comments. */
export function commentsOf(document: string): Set<number> {
  const offsets = new Set<number>();
  let offset = 0;
  let isScalar = false;
  for (const token of new Lexer().lex(document)) {
    const type: CST.Token['type'] | null | undefined = isScalar ? undefined : CST.tokenType(token);
    // Marks of the lexer, not characters of the text; after that of a scalar comes its text.
    isScalar = type === 'scalar';
    if (isScalar || type === 'doc-mode' || type === 'flow-error-end') continue;
    if (type === 'comment') offsets.add(offset);
    offset += token.length;
  }
  return offsets;
}
