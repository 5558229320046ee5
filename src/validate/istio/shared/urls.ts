/** What a URL begins with, or why it is none: a clause to follow its text. */
export type ParsedUrl = { readonly scheme: string } | { readonly fault: string };

// Control characters stand in no URL.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const control = /[\u0000-\u001f\u007f]/;
const scheme = /^[a-zA-Z][-+.a-zA-Z0-9]*:/;
const badEscape = /%(?![0-9a-fA-F]{2})/;
const userinfo = /^[-A-Za-z0-9._:~!$&'()*+,;=%@]*$/;
const badHostCharacter = /[\s"#/?@\\^`{|}]/;
const ipv6 = /^\[[0-9a-fA-F:.]+(?:%25(?:[-._~A-Za-z0-9]|%[0-9a-fA-F]{2})+)?\](.*)$/;

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
    const fault = authorityFault(authority);
    if (fault !== undefined) return { fault };
  }
  return badEscape.test(path) ? { fault: 'has a % that encodes nothing' } : { scheme: found };
}

function authorityFault(authority: string): string | undefined {
  const at = authority.lastIndexOf('@');
  const user = authority.slice(0, Math.max(at, 0));
  if (!userinfo.test(user) || badEscape.test(user)) return 'has a user name that cannot stand in a URL';
  const host = authority.slice(at + 1);
  const address = ipv6.exec(host);
  if (host.includes('[') || host.includes(']')) {
    if (address === null) return 'has brackets that hold no IPv6 address';
    return portFault(address[1] ?? '');
  }
  const colon = host.indexOf(':');
  const name = colon === -1 ? host : host.slice(0, colon);
  if (badHostCharacter.test(name)) return 'has a host with characters that no host has';
  // Of escapes, a host may only have those of bytes beyond ASCII.
  if (/%(?![89a-fA-F][0-9a-fA-F])/.test(name)) return 'has a host with a % in it';
  return colon === -1 ? undefined : portFault(host.slice(colon));
}

function portFault(port: string): string | undefined {
  return /^(?::\d*)?$/.test(port) ? undefined : `has ${port} where a port belongs`;
}
