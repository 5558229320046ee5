// Tells answers of a Kubernetes API server from those of whatever else may stand at its address.
import type { IncomingHttpHeaders } from 'node:http';
import { isMapping, type Mapping } from '../classify.ts';
import { ClusterError } from './cluster-error.ts';
import { withoutSecrets } from './secrets.ts';

/** An answer over HTTP, complete and unpacked. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Bytes of the body as they came over the wire. */
  readonly bytes: number;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Media type without parameters, in lower case. */
  readonly contentType: string;
  /** What the JSON says; undefined where the answer is none (errors in plain text). */
  readonly body: unknown;
  /** The text of an answer that is no JSON. */
  readonly text?: string;
  /** Bytes of the body as they came over the wire, maybe compressed. */
  readonly bytes: number;
}

/**
 * Reads an answer as one of a Kubernetes API server. A portal that wants a login, a proxy, or some other service give
 * themselves away: by HTML, by sending elsewhere, by JSON of another kind. Then throws a `ClusterError`.
 */
export function readAnswer(raw: RawAnswer, server: string, path: string): ApiResponse {
  const { status, headers, text, bytes } = raw;
  const contentType = mediaType(headers);
  const body = parseJson(text);
  const ok = { status, headers, contentType, body, bytes };
  if (status >= 200 && status < 300) {
    if (isKubernetes(body, path)) return ok;
    // What begins like JSON and does not end was broken on its way; a second try may bring it whole.
    throw notKubernetes(raw, server, body === undefined && /^\s*\{/.test(text));
  }
  if (isStatus(body)) return ok;
  // The machines before an API server, and its own first layers, tell trouble in words of their own.
  const isPlain =
    contentType === 'text/plain' && status !== 403 && status >= 400 && !/HTTPS server/.test(text);
  if (
    status >= 500 ||
    status === 429 ||
    (status === 401 && contentType !== 'text/html') ||
    (isPlain && !path.startsWith('/version'))
  )
    return { ...ok, text };
  throw notKubernetes(raw, server, false);
}

export function mediaType(headers: IncomingHttpHeaders): string {
  return (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Everything below /api and /apis has a kind; the version of the server has none. */
function isKubernetes(body: unknown, path: string): boolean {
  if (!isMapping(body)) return false;
  if (/^\/version\b/.test(path)) return typeof body.gitVersion === 'string' || typeof body.major === 'string';
  return typeof body.kind === 'string';
}

/** What the API server says when it does not do what it was asked to. */
export function isStatus(body: unknown): body is Mapping & { kind: 'Status' } {
  return isMapping(body) && body.kind === 'Status';
}

/** Letters of a foreign answer that a message shows. */
const SHOWN = 80;

export function notKubernetes(
  { status, headers, text }: Pick<RawAnswer, 'status' | 'headers' | 'text'>,
  server: string,
  mayBeBroken = false,
): ClusterError {
  const { location } = headers;
  if (location !== undefined && status >= 300 && status < 400) {
    const url = URL.canParse(location, server) ? new URL(location, server).origin : 'elsewhere';
    return new ClusterError(
      'not-kubernetes',
      `${server} does not answer like a Kubernetes API server: it sends to ${url} (${status}).`,
      'Sign in to the network, proxy or portal that stands before it, or use the address of the API server itself.',
    );
  }
  if (/HTTP request to an HTTPS server/.test(text))
    return new ClusterError(
      'not-kubernetes',
      `${server} speaks https only.`,
      'Write https:// in the kubeconfig.',
    );
  const plain = withoutSecrets(text.slice(0, 4 * SHOWN))
    .replace(/\s+/g, ' ')
    .trim();
  const shown = plain.slice(0, SHOWN);
  const type = mediaType(headers) || 'no content type';
  const message = mayBeBroken
    ? `${server} sent an answer that is broken JSON.`
    : `${server} does not answer like a Kubernetes API server (${status}, ${type}): ${shown === '' ? 'nothing' : shown}`;
  return new ClusterError(
    'not-kubernetes',
    message,
    'Check the server in the kubeconfig; a portal, proxy or login page may stand before the cluster.',
    { final: !mayBeBroken },
  );
}
