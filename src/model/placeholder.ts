/** `${NAME}`, `$(NAME)`, `$NAME`, `{{ .Name }}`, `{% … %}`, `<NAME>`, `%NAME%`, `@NAME@`, `__NAME__`. */
const MARK = /\$[{(]|\$[A-Z_]{2}|\{\{|\{%|<[^<>\s=]+>|%[A-Za-z]\w*%|@[A-Z][A-Z0-9_]*@|__\w+?__/;

/** `CLIENT_IP`, `gateway.NAMESPACE_PLACEHOLDER.svc`: words in capitals that an underscore joins. */
const CAPITALS = /(?:^|[^A-Za-z0-9_])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?![A-Za-z0-9_])/;

/** Whether a text has something in it that a script or a tool fills in before the manifest is applied. */
export function hasPlaceholder(text: string): boolean {
  return MARK.test(text);
}

/** The same for texts that are never written in capitals, like names and addresses; values of enums are. */
export function hasPlaceholderName(text: string): boolean {
  return MARK.test(text) || CAPITALS.test(text);
}
