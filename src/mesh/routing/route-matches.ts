import type { Resource } from '../../graph/resource.ts';
import type { HttpMatch, StringMatch } from '../../model/kinds.gen.ts';
import { matchesLabels } from '../../model/labels.ts';
import { type Cover, coversPath, coversText } from './string-matches.ts';
import { MESH_GATEWAY, resolveGatewayName } from './virtual-services.ts';

export type { Cover } from './string-matches.ts';

type VirtualService = Resource<'VirtualService'>;
type Conditions = Readonly<Record<string, StringMatch>>;

/**
 * Whether the earlier of two HTTP matches of one VirtualService takes every request that the later one is for, at
 * every proxy that has both. Then nothing is ever left for the later one, since the first match wins
 * (`TranslateRouteMatch` and `sourceMatchHTTP` in pilot/pkg/networking/core/route/route.go). Only single matches are
 * compared; several together may cover what none does alone.
 */
export function coversMatch(service: VirtualService, a: HttpMatch, b: HttpMatch): Cover {
  return all([
    // What is cheap and decides most comes first.
    () => (samePort(a, b) ? 'yes' : 'no'),
    () =>
      coversPath(
        { match: a.uri, foldsCase: a.ignoreUriCase === true },
        { match: b.uri, foldsCase: b.ignoreUriCase === true },
      ),
    () => coversOne(a.method, b.method),
    () => coversOne(a.authority, b.authority),
    () => coversOne(a.scheme, b.scheme),
    () => coversKeyed(byHeader(a.headers), byHeader(b.headers)),
    () => coversKeyed(a.queryParams ?? {}, b.queryParams ?? {}),
    () => coversAbsent(byHeader(a.withoutHeaders), byHeader(b.withoutHeaders), byHeader(b.headers)),
    () => (coversProxies(service, a, b) ? 'yes' : 'no'),
  ]);
}

/** No as soon as one part says no; yes only when all do. */
function all(parts: readonly (() => Cover)[]): Cover {
  let answer: Cover = 'yes';
  for (const part of parts) {
    const cover = part();
    if (cover === 'no') return 'no';
    if (cover === 'unknown') answer = 'unknown';
  }
  return answer;
}

function samePort(a: HttpMatch, b: HttpMatch): boolean {
  return (a.port ?? 0) === 0 || a.port === b.port;
}

/** A condition that may be missing, which accepts everything. */
function coversOne(a: StringMatch | undefined, b: StringMatch | undefined): Cover {
  return a === undefined ? 'yes' : coversText(a, b ?? {});
}

/** Every condition of `a` must be one of `b`, and at least as wide. A key that is not asked for may be missing. */
function coversKeyed(a: Conditions, b: Conditions): Cover {
  return all(
    Object.keys(a).map((key) => () => {
      const [outer, inner] = [a[key], b[key]];
      return outer === undefined || inner === undefined ? 'no' : coversText(outer, inner);
    }),
  );
}

/** What `a` turns away must be turned away by `b`, too. */
function coversAbsent(a: Conditions, b: Conditions, headers: Conditions): Cover {
  return all(
    Object.keys(a).map((key) => () => {
      const [outer, inner] = [a[key], b[key]];
      if (outer === undefined) return 'no';
      if (inner !== undefined) return coversText(inner, outer);
      // A value that is asked for may be another than the one that is turned away.
      return headers[key] === undefined ? 'no' : 'unknown';
    }),
  );
}

/** Names of headers are compared without regard to case; those of claims (`@request.auth.claims`) are not. */
function byHeader(conditions: Conditions | undefined): Conditions {
  if (conditions === undefined) return {};
  return Object.fromEntries(
    Object.entries(conditions).map(([key, match]) => [key.startsWith('@') ? key : key.toLowerCase(), match]),
  );
}

/** Whether every proxy that gets `b` gets `a`. A match that names gateways does not look at the client. */
function coversProxies(service: VirtualService, a: HttpMatch, b: HttpMatch): boolean {
  const named = new Set((a.gateways ?? []).map((name) => identify(name, service)));
  if (named.size > 0) {
    const others = (b.gateways ?? []).length > 0 ? (b.gateways ?? []) : boundGateways(service);
    return others.length > 0 && others.every((name) => named.has(identify(name, service)));
  }
  const isOfAll = (b.gateways ?? []).length > 0;
  const labels = isOfAll ? {} : (b.sourceLabels ?? {});
  const namespace = isOfAll ? '' : (b.sourceNamespace ?? '');
  const wanted = a.sourceNamespace ?? '';
  return matchesLabels(a.sourceLabels ?? {}, labels) && (wanted === '' || wanted === namespace);
}

/** None for a delegate: it is bound to whatever includes it. */
function boundGateways({ spec }: VirtualService): readonly string[] {
  const { gateways = [], hosts = [] } = spec;
  if (hosts.length === 0) return [];
  return gateways.length === 0 ? [MESH_GATEWAY] : gateways;
}

function identify(gateway: string, { namespace }: VirtualService): string {
  if (gateway === MESH_GATEWAY) return gateway;
  const ref = resolveGatewayName(gateway, namespace);
  return `${ref.namespace}/${ref.name}`;
}
