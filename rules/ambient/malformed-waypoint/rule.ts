import {
  at,
  bindingOf,
  classOf,
  defineRule,
  HBONE_PORT,
  isDeployedByIstio,
  isIstioWaypoint,
  NO_WAYPOINT,
  removeItem,
  replaceBy,
  showRef,
} from '#sdk';

export default defineRule({
  code: 'IST1013',
  severity: 'error',
  since: '0.1.0',
  summary: 'A waypoint has listeners by which ztunnel cannot reach it, or a name by which nobody can.',
  reads: { KubernetesGateway: 'some', GatewayClass: 'some' },
  needs: [['KubernetesGateway']],
  fixes: 'unsafe',
  messages: {
    unreachable: {
      what: 'Waypoint {waypoint} has no listener on port 15008.',
      why: 'Its Service gets its ports from the listeners, and ztunnel calls a waypoint on port 15008 and nowhere else. So every connection to what is bound to this waypoint fails.',
      help: 'Give it one listener, with port 15008 and protocol `HBONE`.',
    },
    unnameable: {
      what: 'Waypoint {waypoint} has a name that nobody can use.',
      why: 'In the label `istio.io/use-waypoint` the value `none` says that there shall be no waypoint, so it never means this one.',
      help: 'Give the Gateway another name.',
    },
    'other-protocol': {
      what: 'The listener {listener} of waypoint {waypoint} has protocol `{protocol}` instead of `HBONE`.',
      why: 'Istio marks the listener as not accepted and does not read its `allowedRoutes`: whatever they say, only the namespace of the waypoint may use it.',
      help: 'Set the protocol to `HBONE`.',
    },
    surplus: {
      what: 'The listener {listener} of waypoint {waypoint} serves nothing.',
      why: 'A waypoint has one listener, for HBONE on port 15008, through which all ports of the Services come. Istio marks any other as not accepted; it only adds a port to the Service of the waypoint.',
      help: 'Remove the listener. For traffic from outside, use a Gateway of another class.',
    },
  },
  check({ graph, report }) {
    for (const gateway of graph.list('KubernetesGateway')) {
      if (graph.changedBy(gateway) !== undefined) continue;
      const gatewayClass = classOf(graph, gateway);
      if (!isIstioWaypoint(gateway, gatewayClass)) continue;
      const { spec, metadata } = gateway;
      const waypoint = showRef(gateway);
      if (metadata.name === NO_WAYPOINT)
        report(gateway, { at: at(metadata, 'name'), message: 'unnameable', data: { waypoint } });
      // With a binding ztunnel hands traffic over in another way; a Service that somebody else made has its own ports.
      if (bindingOf(gateway, gatewayClass) !== undefined || !isDeployedByIstio(gateway)) continue;
      const { listeners = [] } = spec;
      if (!listeners.some(({ port }) => port === HBONE_PORT)) {
        report(gateway, {
          at: at(spec, 'listeners', listeners.length > 0 ? 'key' : 'value'),
          message: 'unreachable',
          data: { waypoint },
        });
        continue;
      }
      for (const [index, one] of listeners.entries()) {
        const listener = one.name ?? `${index}`;
        const { protocol = '' } = one;
        if (one.port !== HBONE_PORT) {
          const data = { waypoint, listener };
          report(gateway, {
            at: at(one, 'port'),
            message: 'surplus',
            data,
            severity: 'warning',
            fix: () => ({
              title: `Remove listener ${listener}`,
              safe: false,
              edits: [removeItem(listeners, index)],
            }),
          });
        } else if (protocol !== 'HBONE') {
          const data = { waypoint, listener, protocol };
          report(gateway, {
            at: at(one, 'protocol'),
            message: 'other-protocol',
            data,
            severity: 'warning',
            fix: () => replaceBy(at(one, 'protocol'), 'HBONE', false),
          });
        }
      }
    }
  },
});
