import { resolvePlain } from '../text/index.ts';

/** A text as YAML reads it back, quoted where it must be. */
export function yamlText(text: string): string {
  const isPlain = /^[A-Za-z0-9._/][A-Za-z0-9._/-]*$/.test(text) && resolvePlain(text) === text;
  return isPlain ? text : JSON.stringify(text);
}
