import {
  at,
  defineRule,
  isControlPlaneObject,
  membership,
  membershipReads,
  protocolNames,
  protocolOf,
  type Resource,
  serviceWorkloads,
  suggestPortName,
} from '#sdk';

/** Namespaces of the cluster itself. */
const untouched = ['kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage'];

/** What Istio deploys for Gateways is not written by hand. */
const managers = ['istio.io-gateway-controller', 'istio.io-mesh-controller', 'istio.io-eastwest-controller'];

const why =
  'The proxies then guess the protocol from the first bytes that the client sends. Connections on which the server speaks first can hang, and whatever is not recognized as HTTP is plain TCP: without routes, retries or metrics per request.';

export default defineRule({
  code: 'IST0118',
  severity: 'info',
  since: '0.1.0',
  summary: 'A port of a Service does not say which protocol it speaks.',
  reads: { ...membershipReads, ...serviceWorkloads.reads },
  options: {
    ignorePorts: {
      type: 'integers',
      default: [],
      summary: 'Ports that need not say their protocol, because no request of the mesh goes there.',
    },
  },
  messages: {
    unnamed: {
      what: 'Port {port} has no name that says which protocol it speaks.',
      why,
      help: 'Give the port a name that begins with its protocol, say `{suggestion}`, or set `appProtocol`.',
    },
    name: {
      what: 'The name of port {port}, {name}, does not begin with a protocol.',
      why,
      help: 'Call the port after its protocol, say `{suggestion}`, or set `appProtocol`. Protocols are {protocols}.',
    },
    appProtocol: {
      what: 'Istio does not know the protocol {protocol} of port {port}.',
      why: `\`appProtocol\` replaces what the name of the port says. ${why}`,
      help: 'Set `appProtocol` to one that Istio knows: {protocols}; or remove it and let the name say it.',
    },
  },
  check({ graph, report, options }) {
    const { of } = serviceWorkloads(graph);
    const { modeOf, injects } = membership(graph);
    const protocols = protocolNames.join(', ');
    for (const service of graph.list('Service')) {
      if (!isJudged(service) || graph.changedBy(service) !== undefined) continue;
      const { ports = [] } = service.spec;
      const odd = [...ports.entries()].filter(
        ([, port]) =>
          port.protocol !== 'SCTP' &&
          protocolOf(port) === 'Unsupported' &&
          !options.ignorePorts.includes(port.port ?? 0),
      );
      if (odd.length === 0) continue;
      const selected = of(service);
      const isOutside = selected.every((one) => modeOf(one) === 'none' && injects(one) === false);
      if (selected.length > 0 && isOutside) continue;
      for (const [i, { port = 0, name = '', appProtocol }] of odd) {
        const one = ports[i] ?? {};
        const suggestion = suggestPortName(name);
        if (appProtocol !== undefined) {
          const data = { port, protocol: appProtocol, protocols };
          report(service, { at: at(one, 'appProtocol'), message: 'appProtocol', data });
        } else if (name === '') {
          report(service, { at: at(one, 'port'), message: 'unnamed', data: { port, suggestion } });
        } else {
          const data = { port, name, suggestion, protocols };
          report(service, { at: at(one, 'name'), message: 'name', data });
        }
      }
    }
  },
});

/** Not what Istio brings, what Kubernetes brings, or what has no ports in the cluster. */
function isJudged(service: Resource<'Service'>): boolean {
  const manager = service.metadata.labels?.['gateway.istio.io/managed'] ?? '';
  return (
    service.spec.type !== 'ExternalName' &&
    !isControlPlaneObject(service) &&
    !managers.includes(manager) &&
    !untouched.includes(service.namespace)
  );
}
