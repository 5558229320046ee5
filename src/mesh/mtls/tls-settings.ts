import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import type { ClientTls } from '../../model/kinds.gen.ts';

type Rule = Resource<'DestinationRule'>;

/** What holds TLS settings: a policy, or its entry for a port. */
interface TlsHolder {
  readonly tls?: ClientTls;
}

/** What a DestinationRule says of the TLS of clients: for all ports, for one, or for a subset. */
export interface TlsSetting {
  readonly holder: TlsHolder;
  readonly tls: ClientTls;
  /** Undefined where it is for all ports. */
  readonly port: number | undefined;
}

/** The TLS settings of each DestinationRule that has any, in written order. Few have. */
export const tlsSettings = view(
  { DestinationRule: 'some' },
  (graph): ReadonlyMap<Rule, readonly TlsSetting[]> => {
    const found = new Map<Rule, readonly TlsSetting[]>();
    for (const rule of graph.list('DestinationRule')) {
      const settings = settingsIn(rule);
      if (settings.length > 0) found.set(rule, settings);
    }
    return found;
  },
);

function settingsIn({ spec }: Rule): readonly TlsSetting[] {
  const { trafficPolicy, subsets = [] } = spec;
  const found: TlsSetting[] = [];
  for (const policy of [trafficPolicy, ...subsets.map((subset) => subset.trafficPolicy)]) {
    if (policy === undefined) continue;
    const { tls, portLevelSettings = [] } = policy;
    if (tls !== undefined) found.push({ holder: policy, tls, port: undefined });
    for (const holder of portLevelSettings) {
      if (holder.tls === undefined) continue;
      found.push({ holder, tls: holder.tls, port: holder.port?.number ?? 0 });
    }
  }
  return found;
}
