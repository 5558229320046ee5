import type { Workload } from '../workloads/workloads.ts';

const CAPTURE = 'traffic.sidecar.istio.io/';

/** Whether a sidecar sees what arrives on a port of its workload (tools/istio-iptables/pkg/capture/run.go). */
export function capturesInbound({ annotations }: Workload, port: number): boolean {
  if (isPassive(annotations)) return false;
  const included = annotations[`${CAPTURE}includeInboundPorts`];
  if (included !== undefined && included !== '*' && !lists(included, port)) return false;
  return !lists(annotations[`${CAPTURE}excludeInboundPorts`] ?? '', port);
}

/** Whether a sidecar sees what its workload sends to a port; to which addresses is not looked at. */
export function capturesOutbound(annotations: Workload['annotations'], port: number): boolean {
  return !isPassive(annotations) && !lists(annotations[`${CAPTURE}excludeOutboundPorts`] ?? '', port);
}

function isPassive(annotations: Workload['annotations']): boolean {
  return annotations['sidecar.istio.io/interceptionMode'] === 'NONE';
}

function lists(list: string, port: number): boolean {
  return list.split(',').some((entry) => entry.trim() === `${port}`);
}
