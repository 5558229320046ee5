/**
 * Names that the installers, charts and samples of Istio give to gateways. Each is the name of a gateway of its own,
 * however much it looks like another one, and may be there without being loaded.
 */
export const installedGatewayNames: ReadonlySet<string> = new Set(
  ['ingress', 'egress', 'eastwest'].flatMap((name) => [
    name,
    `${name}gateway`,
    `${name}-gateway`,
    `istio-${name}`,
    `istio-${name}gateway`,
    `istio-${name}-gateway`,
  ]),
);

/** The same for whatever Istio brings. */
export const installedNames: ReadonlySet<string> = new Set([...installedGatewayNames, 'istio', 'istiod']);
