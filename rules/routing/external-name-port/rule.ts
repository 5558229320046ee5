import { at, defineRule, isBefore, isControlPlaneObject, protocolOf, type Resource, removeField } from '#sdk';

/** Namespaces of the cluster itself. */
const untouched = ['kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage'];

/** What Istio deploys for Gateways is not written by hand. */
const managers = ['istio.io-gateway-controller', 'istio.io-mesh-controller', 'istio.io-eastwest-controller'];

export default defineRule({
  code: 'IST0150',
  severity: 'warning',
  since: '0.1.0',
  summary: 'An ExternalName Service has a port that does not say which protocol it speaks.',
  reads: { Service: 'some' },
  fixes: 'unsafe',
  messages: {
    captures: {
      what: 'Port {port} of this ExternalName Service captures the connections of the mesh to port {port} of any address.',
      why: 'The Service has no address of its own. A sidecar that is not told that the port is HTTP or TLS listens on it everywhere, and sends all connections to {target}.',
      help: 'Call the port after its protocol, say `https` or `tls`; or remove `ports`, which an ExternalName Service does not need.',
    },
    ignored: {
      what: 'The name of port {port} of this ExternalName Service tells no protocol.',
      why: 'Since 1.21 Istio takes the Service for another name of {target} and ignores its ports. Earlier releases take the port for TCP and send all connections to port {port} of any address there.',
      help: 'Remove `ports`, which an ExternalName Service does not need; or call the port after its protocol, say `https` or `tls`.',
    },
  },
  check({ graph, report }) {
    const isOld = isBefore(graph, '1.21');
    for (const service of graph.list('Service')) {
      if (!isJudged(service) || graph.changedBy(service) !== undefined) continue;
      const { ports = [], externalName = '' } = service.spec;
      for (const [i, port] of ports.entries()) {
        if (port.protocol === 'SCTP') continue;
        if (protocolOf(port) !== 'Unsupported' && port.name !== 'tcp') continue;
        const fix = () => ({
          title: 'Remove `ports`',
          safe: false,
          edits: [removeField(service.spec, 'ports')],
        });
        const place = port.appProtocol === undefined ? at(port, 'name') : at(port, 'appProtocol');
        const data = { port: port.port ?? i, target: externalName === '' ? 'its name' : externalName };
        if (isOld) report(service, { at: place, message: 'captures', data, fix });
        else report(service, { at: place, message: 'ignored', severity: 'info', data, fix });
      }
    }
  },
});

function isJudged(service: Resource<'Service'>): boolean {
  const manager = service.metadata.labels?.['gateway.istio.io/managed'] ?? '';
  return (
    service.spec.type === 'ExternalName' &&
    !isControlPlaneObject(service) &&
    !managers.includes(manager) &&
    !untouched.includes(service.namespace)
  );
}
