// Values of which nothing is known yet, and Kubernetes objects.

export type Json = Readonly<Record<string, unknown>>;

export interface Metadata extends Json {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly resourceVersion?: string;
}

export interface KubernetesObject extends Json {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
}

/** The value as an object, empty for anything else. */
export function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** The value as a list, empty for anything else. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The texts of a list. */
export function asTexts(value: unknown): readonly string[] {
  return asList(value).filter((item) => typeof item === 'string');
}

/** The value as text, empty for anything but text, numbers and booleans. */
export function asText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? `${value}`
    : '';
}

/** What stands at a path of field names. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce((inner, name) => asObject(inner)[name], value);
}

/** A failure as the API server words it: kind Status, version v1. */
function statusOf(
  code: number,
  reason: string,
  message: string,
  details?: Json,
): Json & { readonly code: number } {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(details === undefined ? {} : { details }),
    code,
  };
}

const reasons: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  409: 'Conflict',
  410: 'Expired',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/** Ends the handling of a request with a Status. */
export class Refusal extends Error {
  readonly status: Json & { readonly code: number };
  constructor(code: number, message: string, details?: Json, extra: Json = {}) {
    super(message);
    this.status = { ...statusOf(code, reasons[code] ?? 'Unknown', message, details), ...extra };
  }
}
