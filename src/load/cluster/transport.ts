import type { IncomingHttpHeaders } from 'node:http';
import type { ClusterAccess } from './access.ts';

/** Asks one API server. It only ever reads: there is no way to send anything but GET. */
export interface Transport {
  /** Address of the server, for people. */
  readonly server: string;
  /**
   * Asks for `path` (from `/` on, with its query). Answers of every status but 401 are returned, for the caller to judge.
   * Throws a `ClusterError` for whatever is no answer of a Kubernetes API server, and the signal's reason when aborted.
   */
  get(path: string, options: RequestOptions): Promise<ApiResponse>;
  /**
   * Follows a watch: one JSON value a line, on a connection of its own. Where the server refuses, the only value is an
   * event like those it sends within a watch: `{ type: 'ERROR', object: Status }`.
   */
  stream(path: string, options?: { readonly signal?: AbortSignal }): AsyncIterable<unknown>;
  /** Ends what is under way, and the connections. */
  close(): void;
}

export interface RequestOptions {
  /** The media types that would do. */
  readonly accept: string;
  readonly signal?: AbortSignal;
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

export interface TransportOptions {
  /** Milliseconds that a request may stand still. */
  readonly requestTimeout: number;
  /** Ends everything. */
  readonly signal?: AbortSignal;
}

/** Nothing is sent before the first request: neither does a plugin run nor is a name looked up. */
export function openTransport(access: ClusterAccess, _options: TransportOptions): Transport {
  throw new Error(`not yet: ${access.name}`);
}
