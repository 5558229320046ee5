import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import type { ClientTls } from '../../model/kinds.gen.ts';
import { refusedClientReads } from './served-hosts.ts';
import { findRefusedClients } from './strict-servers.ts';
import { type TlsSetting, tlsSettings } from './tls-settings.ts';

/** TLS settings of a DestinationRule that name no mode. */
export interface ModelessTls {
  readonly rule: Resource<'DestinationRule'>;
  readonly holder: TlsSetting['holder'];
  readonly tls: ClientTls;
  /** What is written beside the missing mode. */
  readonly fields: readonly string[];
}

export const modelessTlsReads = refusedClientReads;

/**
 * TLS settings without a mode: the zero value of the enumeration is DISABLE (`ClientTLSSettings` in
 * networking/v1alpha3/destination_rule.proto of istio/api). Those of which a server is known that refuses plain text
 * are left to who reports that.
 */
export function findModelessTls(graph: Graph<keyof typeof modelessTlsReads>): readonly ModelessTls[] {
  const found = [...modelessTls(graph)];
  if (found.length === 0) return found;
  const refused = new Set(findRefusedClients(graph).map((one) => ('tls' in one ? one.tls : undefined)));
  return found.filter(({ tls }) => !refused.has(tls));
}

function* modelessTls(graph: Graph<'DestinationRule'>): Iterable<ModelessTls> {
  for (const [rule, settings] of tlsSettings(graph)) {
    if (graph.changedBy(rule) !== undefined || rule.filledIn === true) continue;
    for (const { holder, tls } of settings)
      if (tls.mode === undefined) yield { rule, holder, tls, fields: Object.keys(tls) };
  }
}
