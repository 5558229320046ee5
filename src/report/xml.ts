import { visible } from './screen.ts';

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element on one line; its children are elements or escaped text. */
export function element(name: string, given: Attributes, children: readonly string[] = []): string {
  const start = `<${name}${attributes(given)}`;
  return children.length === 0 ? `${start}/>` : `${start}>${children.join('')}</${name}>`;
}

/** Those that are there, each behind a space. */
export function attributes(given: Attributes): string {
  return Object.entries(given)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) =>
        ` ${key}="${escapeXml(`${value}`).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`,
    )
    .join('');
}

/** Text as XML takes it: neither markup nor characters that XML 1.0 does not know, however escaped. */
export function escapeXml(text: string): string {
  return visible(text)
    .replace(/[\p{Surrogate}\ufffe\uffff]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
