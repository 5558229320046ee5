// AdmissionReview v1, as the API server sends it to a validating webhook and wants it answered.
// https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
import type { Diagnostic } from '../engine/diagnostic.ts';
import { assumptionOf } from '../report/assumption.ts';
import { showPath, showResource } from '../report/words.ts';
import type { Severity } from '../sdk/rule.ts';

/** What is asked: whether a change of one object may happen. Plain data: it crosses threads. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  /** The object as it would be, stamped with its namespace; absent when it is to be deleted. */
  readonly object?: Readonly<Record<string, unknown>>;
  readonly identity: ObjectIdentity;
}

export interface ObjectIdentity {
  readonly group: string;
  readonly kind: string;
  /** Empty for what stands in no namespace. */
  readonly namespace: string;
  readonly name: string;
}

/** What becomes of a request, and the words about it. */
export interface Verdict {
  readonly outcome: 'allowed' | 'warned' | 'denied' | 'unjudged';
  readonly warnings: readonly string[];
  /** Why it is denied. */
  readonly message?: string;
}

/** A review that is none, for the answer 400. */
export class ReviewError extends Error {}

/** Longer warnings may be cut by the API server, which takes 4096 characters in all. */
const LINE = 256;
const MOST_LINES = 12;

/**
 * What a review asks; the uid alone when the answer is yes whatever the object says: another operation, a subresource,
 * or nothing to look at. Throws a ReviewError for what is no AdmissionReview v1.
 */
export function readReview(body: unknown): AdmissionRequest | { readonly uid: string } {
  const review = asObject(body);
  const request = asObject(review?.request);
  if (review?.kind !== 'AdmissionReview' || review.apiVersion !== 'admission.k8s.io/v1') {
    throw new ReviewError('expected an AdmissionReview of admission.k8s.io/v1');
  }
  const uid = textOf(request?.uid);
  if (request === undefined || uid === '') throw new ReviewError('the AdmissionReview has no request.uid');
  const { operation } = request;
  if (operation !== 'CREATE' && operation !== 'UPDATE' && operation !== 'DELETE') return { uid };
  if (textOf(request.subResource) !== '') return { uid };
  const kind = asObject(request.kind);
  const namespace = textOf(request.namespace);
  const object = operation === 'DELETE' ? undefined : asObject(request.object);
  if (operation !== 'DELETE' && object === undefined) return { uid };
  const metadata = asObject(object?.metadata) ?? {};
  const name = textOf(request.name) || textOf(metadata.name) || textOf(metadata.generateName);
  // Objects that are being deleted are only updated to let go of finalizers: nobody wants them repaired.
  if (typeof metadata.deletionTimestamp === 'string') return { uid };
  const identity = { group: textOf(kind?.group), kind: textOf(kind?.kind), namespace, name };
  // Of a whole collection that is deleted each object comes by itself.
  if (identity.kind === '' || name === '') return { uid };
  return {
    uid,
    operation,
    identity,
    ...(object === undefined
      ? {}
      : {
          object: {
            ...object,
            metadata: { ...metadata, name, ...(namespace === '' ? {} : { namespace }) },
          },
        }),
  };
}

/** The AdmissionReview that answers. */
export function answerReview(uid: string, verdict: Verdict): object {
  const isDenied = verdict.outcome === 'denied';
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed: !isDenied,
      ...(isDenied ? { status: { code: 403, reason: 'Forbidden', message: verdict.message ?? '' } } : {}),
      ...(verdict.warnings.length === 0 ? {} : { warnings: verdict.warnings }),
    },
  };
}

/** It is allowed because nobody could tell; whoever asked gets to know why. */
export function unjudged(why: string): Verdict {
  return { outcome: 'unjudged', warnings: [line(`meshlint: not checked: ${why}`)] };
}

/** What is to be done about the findings that a change would bring. A deletion is never denied: it might never end. */
export function verdictOn(
  introduced: readonly Diagnostic[],
  { operation, identity }: AdmissionRequest,
  deny: Severity | undefined,
): Verdict {
  const told = introduced.filter(({ severity }) => severity !== 'info');
  if (told.length === 0) return { outcome: 'allowed', warnings: [] };
  const lines = told.map((finding) => line(describe(finding, identity)));
  const denied = operation === 'DELETE' ? [] : told.filter(({ severity }) => isAtLeast(severity, deny));
  if (denied.length === 0) return { outcome: 'warned', warnings: shortened(lines) };
  return {
    outcome: 'denied',
    message: shortened(denied.map((finding) => reason(finding, identity))).join('; '),
    warnings: shortened(lines.filter((_, i) => !denied.includes(told[i] as Diagnostic))),
  };
}

/** Whoever is refused something also gets to know what that assumes. */
function reason(finding: Diagnostic, own: ObjectIdentity): string {
  return `${describe(finding, own)} ${assumptionOf(finding)}`.trimEnd();
}

function isAtLeast(severity: Severity, deny: Severity | undefined): boolean {
  return deny !== undefined && (severity === 'error' || severity === deny);
}

/** `IST0101 error: what is wrong (field)`, and whose it is where it is another object's. */
function describe({ code, severity, message, resource, path }: Diagnostic, own: ObjectIdentity): string {
  const isOwn =
    resource?.kind === own.kind && resource.name === own.name && (resource.namespace ?? '') === own.namespace;
  const whose = resource === undefined || isOwn ? '' : ` in ${showResource(resource)}`;
  const where = path.length === 0 ? '' : ` (${showPath(path)})`;
  return `${code} ${severity}${whose}: ${message}${where}`;
}

/** One line of printable characters: the API server sends warnings as HTTP headers. */
function line(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();
  return plain.length <= LINE ? plain : `${plain.slice(0, LINE - 1)}…`;
}

function shortened(lines: readonly string[]): string[] {
  if (lines.length <= MOST_LINES) return [...lines];
  return [
    ...lines.slice(0, MOST_LINES),
    `… and ${lines.length - MOST_LINES} more: meshlint analyze shows all`,
  ];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
