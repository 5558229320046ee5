import { isIpv6 } from './addresses.ts';

/** What a URL begins with, or why it is none: a clause to follow its text. */
export type ParsedUrl = { readonly scheme: string } | { readonly fault: string };

// Control characters stand in no URL.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const control = /[\u0000-\u001f\u007f]/;
const scheme = /^[a-zA-Z][-+.a-zA-Z0-9]*:/;
const badEscape = /%(?![0-9a-fA-F]{2})/;
const userinfo = /^[-A-Za-z0-9._:~!$&'()*+,;=%@]*$/;
const badHostCharacter = /[ #/?@\\^`{|}]/;
/** Of escapes, a host may only have those of bytes beyond ASCII, and of the percent sign itself. */
const badHostEscape = /%(?!25|[89a-fA-F][0-9a-fA-F])/;
const zone = /^(?:[-._~A-Za-z0-9!$&'()*+,;=:]|%[0-9a-fA-F]{2})+$/;

/** Reads a URL as Go's `url.Parse` does: where it and the URLs of browsers differ, it is Go that Istio asks. */
export function parseUrl(text: string): ParsedUrl {
  const hash = text.indexOf('#');
  if (hash === -1) return parse(text, false);
  return badEscape.test(text.slice(hash))
    ? { fault: 'has a % that encodes nothing' }
    : parse(text.slice(0, hash), false);
}

/** The same as Go's `url.ParseRequestURI`: absolute, or a path from the root, and without a fragment. */
export function parseRequestUrl(text: string): ParsedUrl {
  return parse(text, true);
}

function parse(text: string, request: boolean): ParsedUrl {
  if (control.test(text)) return { fault: 'has a control character in it' };
  if (text === '') return request ? { fault: 'is empty' } : { scheme: '' };
  if (text === '*') return { scheme: '' };
  if (text.startsWith(':')) return { fault: 'has no scheme before its colon' };
  const begin = scheme.exec(text)?.[0] ?? '';
  const found = begin.slice(0, -1).toLowerCase();
  const query = text.indexOf('?');
  const rest = text.slice(begin.length, query === -1 ? undefined : query);
  if (!rest.startsWith('/')) {
    if (begin !== '') return { scheme: found };
    if (request) return { fault: 'has neither a scheme nor a / in front' };
    if (rest.split('/', 1)[0]?.includes(':')) return { fault: 'has a colon in its first part' };
  }
  let path = rest;
  if ((begin !== '' || (!request && !rest.startsWith('///'))) && rest.startsWith('//')) {
    const slash = rest.indexOf('/', 2);
    const authority = rest.slice(2, slash === -1 ? undefined : slash);
    path = slash === -1 ? '' : rest.slice(slash);
    const fault = authorityFault(authority, found);
    if (fault !== undefined) return { fault };
  }
  return badEscape.test(path) ? { fault: 'has a % that encodes nothing' } : { scheme: found };
}

function authorityFault(authority: string, found: string): string | undefined {
  const at = authority.lastIndexOf('@');
  const user = authority.slice(0, Math.max(at, 0));
  if (!userinfo.test(user) || badEscape.test(user)) return 'has a user name that cannot stand in a URL';
  const host = authority.slice(at + 1);
  const open = host.lastIndexOf('[');
  if (open !== -1) {
    const close = host.lastIndexOf(']');
    if (open > 0 || !isBracketed(host.slice(1, Math.max(close, 0))))
      return 'has brackets that hold no IPv6 address';
    return portFault(host.slice(close + 1));
  }
  if (badHostCharacter.test(host)) return 'has a host with characters that no host has';
  if (badHostEscape.test(host)) return 'has a host with a % in it';
  // Other schemes than those of HTTP may list several hosts with their ports.
  const colon = found === 'http' || found === 'https' ? host.indexOf(':') : host.lastIndexOf(':');
  return colon === -1 ? undefined : portFault(host.slice(colon));
}

/** An IPv6 address; %25 stands before its zone. */
function isBracketed(text: string): boolean {
  const percent = text.indexOf('%25');
  if (percent === -1) return text.includes(':') && isIpv6(text);
  return isIpv6(text.slice(0, percent)) && zone.test(text.slice(percent + 3));
}

function portFault(port: string): string | undefined {
  return /^(?::\d*)?$/.test(port) ? undefined : `has ${port} where a port belongs`;
}
