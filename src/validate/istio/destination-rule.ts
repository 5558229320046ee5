import type { Subset } from '../../model/kinds.gen.ts';
import type { ValueCheck, ValueReport } from '../value-check.ts';
import { checkTrafficPolicy } from './destination-rule-policy.ts';
import { wildcardDomainFault } from './shared/domains.ts';
import { checkExportTo } from './shared/export-to.ts';
import { quoted, refuse } from './shared/fault.ts';
import { checkLabels, checkSelector } from './shared/labels.ts';
import { checkMetadata } from './shared/metadata.ts';
import { labelNameFault } from './shared/names.ts';

/** `ValidateDestinationRule` of config/validation. */
export const checkDestinationRule: ValueCheck<'DestinationRule'> = ({ body, namespace }, report) => {
  checkMetadata(report, body.metadata);
  const { spec = {} } = body;
  const { host = '', trafficPolicy, subsets = [], exportTo, workloadSelector } = spec;
  refuse(report, spec, 'host', wildcardDomainFault(host));
  checkTrafficPolicy(report, spec, trafficPolicy, namespace);
  checkSubsets(report, subsets, namespace);
  checkExportTo(report, exportTo, namespace, { ownNamespaceOnly: workloadSelector !== undefined });
  checkSelector(report, spec, 'workloadSelector', workloadSelector);
};

function checkSubsets(report: ValueReport, subsets: readonly Subset[], namespace: string | undefined): void {
  const names = new Set<string>();
  for (const subset of subsets) {
    const { name = '' } = subset;
    if (refuse(report, subset, 'name', labelNameFault(name, 'subset name')) && names.has(name)) {
      report.error(subset, 'name', `Two subsets have the name ${quoted(name)}`, 'Give each its own name');
    }
    names.add(name);
    checkLabels(report, subset.labels);
    checkTrafficPolicy(report, subset, subset.trafficPolicy, namespace);
  }
}
