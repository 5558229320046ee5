import type { ObjectMeta } from '../../../model/kinds.gen.ts';
import type { ValueReport } from '../../value-check.ts';

const dryRun = 'istio.io/dry-run';
/** What istiod writes itself, or answers with a refusal (`validateMetadata`, config/validation). */
const reserved = [
  'internal.istio.io/webhook-always-reject',
  'internal.istio.io/parent-namespace',
  'internal.istio.io/parents',
];

/** Checks the annotations that no manifest may carry; dry runs are for AuthorizationPolicies only. */
export function checkMetadata(report: ValueReport, { annotations }: ObjectMeta, mayRunDry = false): void {
  if (annotations === undefined) return;
  if (!mayRunDry && annotations[dryRun] !== undefined) {
    report.error(
      annotations,
      dryRun,
      `${dryRun} is for AuthorizationPolicies only`,
      'Take the annotation away',
    );
  }
  for (const name of reserved) {
    if (annotations[name] === undefined) continue;
    report.error(annotations, name, `${name} is for istiod itself`, 'Take the annotation away');
  }
}
