import type { PolicyTargetReference } from '../../../model/kinds.gen.ts';
import type { ValueReport } from '../../value-check.ts';
import { quoted } from './fault.ts';

const groups: Readonly<Record<string, readonly string[]>> = {
  Service: ['', 'core'],
  ServiceEntry: ['networking.istio.io'],
  Gateway: ['gateway.networking.k8s.io'],
  GatewayClass: ['gateway.networking.k8s.io'],
};

/** Checks one reference to what a policy is attached to (`validatePolicyTargetReference`, config/validation). */
function checkTargetRef(report: ValueReport, ref: PolicyTargetReference): void {
  const { group = '', kind = '', name = '', namespace = '' } = ref;
  if (name === '') report.error(ref, 'name', 'The target has no name', 'Name the resource that is meant');
  if (namespace !== '') {
    report.error(
      ref,
      'namespace',
      'The target names a namespace, though a policy attaches to its own namespace only',
      'Leave namespace out, and put the policy where the target is',
    );
  }
  const fitting = Object.hasOwn(groups, kind) ? groups[kind] : undefined;
  if (fitting === undefined) {
    report.error(
      ref,
      'kind',
      kind === '' ? 'The target has no kind' : `Nothing can be attached to a ${quoted(kind)}`,
      'Write Service, ServiceEntry, Gateway or GatewayClass',
    );
  } else if (!fitting.includes(group)) {
    report.error(
      ref,
      'group',
      group === '' ? `The group of ${kind} is missing` : `${kind} is not in the group ${quoted(group)}`,
      fitting[0] === '' ? 'Leave group out' : `Write ${fitting[0]}`,
    );
  }
}

interface Targeting {
  readonly selector?: object;
  readonly workloadSelector?: object;
  readonly targetRef?: PolicyTargetReference;
  readonly targetRefs?: readonly PolicyTargetReference[];
}

/** Checks all references of a policy, and that it has only one way to say what it is for (`validateOneOfSelectorType`). */
export function checkTargets(report: ValueReport, spec: Targeting): void {
  const { targetRef, targetRefs = [] } = spec;
  const ways = [
    ...(spec.selector === undefined ? [] : ['selector']),
    ...(spec.workloadSelector === undefined ? [] : ['workloadSelector']),
    ...(targetRef === undefined ? [] : ['targetRef']),
    ...(targetRefs.length === 0 ? [] : ['targetRefs']),
  ];
  for (const way of ways.slice(1)) {
    report.error(spec, way, `${ways[0]} and ${way} are both set`, 'Keep one of them');
  }
  if (targetRef !== undefined) checkTargetRef(report, targetRef);
  for (const ref of targetRefs) checkTargetRef(report, ref);
}
