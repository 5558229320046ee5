import { type CelInput, celFunc, celMethod } from '@bufbuild/cel';
import { parseRequestUrl, parseUrl } from '../istio/shared/urls.ts';
import { BOOL, DYN, expectText, MAP, opaque, STRING } from './values.ts';

/** The parts of a URL that `parseUrl` takes, as Go's `url.Parse` splits it. */
function partsOf(url: string): {
  scheme: string;
  host: string;
  hostname: string;
  port: string;
  path: string;
  query: string;
} {
  const [, scheme = '', , authority, path = '', query = ''] =
    /^(?:([a-zA-Z][-+.a-zA-Z0-9]*):)?(\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?/.exec(url) ?? [];
  const whole = authority ?? '';
  const host = whole.slice(whole.lastIndexOf('@') + 1);
  const [, name = '', port = ''] = /^(.*?)(?::(\d*))?$/.exec(host) ?? [];
  const isOpaque = scheme !== '' && authority === undefined && !path.startsWith('/');
  return {
    scheme: scheme.toLowerCase(),
    host,
    hostname: name.replace(/^\[(.*)\]$/, '$1'),
    port,
    path: isOpaque ? '' : escapedPath(path),
    query,
  };
}

/** Go escapes what may not stand in a path as it is; what is escaped already stays. */
function escapedPath(path: string): string {
  return path.replaceAll(/[^-A-Za-z0-9._~$&+,/:;=@!'()*%[\]]/gu, (letter) => encodeURIComponent(letter));
}

function queryOf(query: string): Map<string, CelInput> {
  const found = new Map<string, string[]>();
  for (const [key, value] of new URLSearchParams(query)) found.set(key, [...(found.get(key) ?? []), value]);
  return found;
}

function url(text: string): CelInput {
  for (const parsed of [parseRequestUrl(text), parseUrl(text)]) {
    if ('fault' in parsed) throw new Error(`URL parse error: ${text} ${parsed.fault}`);
  }
  return opaque('url', text);
}

const getters = {
  getScheme: 'scheme',
  getHost: 'host',
  getHostname: 'hostname',
  getPort: 'port',
  getEscapedPath: 'path',
} as const;

/** Kubernetes' URLs (pkg/cel/library/urls.go). */
export const urlFunctions = [
  celFunc('url', [STRING], DYN, url),
  celFunc('isURL', [STRING], BOOL, (text) => !('fault' in parseRequestUrl(text))),
  ...Object.entries(getters).map(([name, part]) =>
    celMethod(name, MAP, [], STRING, function () {
      return partsOf(expectText(this, 'url'))[part];
    }),
  ),
  celMethod('getQuery', MAP, [], DYN, function () {
    return queryOf(partsOf(expectText(this, 'url')).query);
  }),
];
