import type { Kinds } from '../../model/kinds.gen.ts';
import type { ValueCheck, ValueReport } from '../value-check.ts';
import { checkConnectionPool } from './shared/connection-pool.ts';
import { checkTarget } from './shared/destination.ts';
import { domainFault } from './shared/domains.ts';
import { refuse } from './shared/fault.ts';
import { checkWorkloadSelector } from './shared/labels.ts';
import { checkMetadata } from './shared/metadata.ts';
import { enumFault } from './shared/names.ts';
import { checkEgress } from './sidecar-egress.ts';
import { checkIngress } from './sidecar-ingress.ts';

type Spec = NonNullable<Kinds['Sidecar']['spec']>;

/** `ValidateSidecar` of config/validation. */
export const checkSidecar: ValueCheck<'Sidecar'> = ({ body, namespace }, report) => {
  checkMetadata(report, body.metadata);
  const { spec = {} } = body;
  const { workloadSelector, ingress = [], egress = [], outboundTrafficPolicy, inboundConnectionPool } = spec;
  checkWorkloadSelector(report, spec, 'workloadSelector', workloadSelector);
  const nothing = outboundTrafficPolicy === undefined && inboundConnectionPool === undefined;
  if (ingress.length === 0 && egress.length === 0 && nothing) {
    const help = 'Set egress, ingress, outboundTrafficPolicy or inboundConnectionPool';
    report.error(body, 'spec', 'The Sidecar is empty', help);
  }
  checkIngress(report, ingress);
  checkConnectionPool(report, spec, 'inboundConnectionPool', inboundConnectionPool);
  checkEgress(report, egress, namespace);
  checkOutbound(report, outboundTrafficPolicy);
};

/** `validateSidecarOutboundTrafficPolicy` of config/validation. */
function checkOutbound(report: ValueReport, policy: Spec['outboundTrafficPolicy']): void {
  if (policy === undefined) return;
  const { mode, egressProxy } = policy;
  if (mode === 'ALLOW_ANY_DYNAMIC_DNS') {
    const help = 'Write ALLOW_ANY or REGISTRY_ONLY, or set it in the mesh configuration';
    report.error(policy, 'mode', 'ALLOW_ANY_DYNAMIC_DNS is for the whole mesh only', help);
    return;
  }
  refuse(
    report,
    policy,
    'mode',
    enumFault(mode, ['REGISTRY_ONLY', 'ALLOW_ANY'], 'outboundTrafficPolicy.mode'),
  );
  if (egressProxy === undefined) return;
  if (mode !== 'ALLOW_ANY') {
    report.error(policy, 'egressProxy', 'egressProxy works with mode ALLOW_ANY only', 'Set mode: ALLOW_ANY');
  }
  if (egressProxy.port === undefined) {
    report.error(egressProxy, 'port', 'The egressProxy has no port', 'Set port.number');
  }
  const { host = '' } = egressProxy;
  if (host.startsWith('*')) refuse(report, egressProxy, 'host', domainFault(host));
  else checkTarget(report, egressProxy);
}
