import type { Resource } from '../../graph/resource.ts';
import type { PeerMtls } from '../../model/kinds.gen.ts';
import type { SentGroup, SentMatch, SentPolicy, SentRule } from './ztunnel-messages.ts';

/**
 * How ztunnel comes to ask for mutual TLS: by DENY policies against callers without an identity. Mirrors
 * `convertPeerAuthentication` and `convertedSelectorPeerAuthentications` in
 * pilot/pkg/serviceregistry/ambient/authorization.go, with what they do to each other's disadvantage.
 */

type Mode = 'UNSET' | 'DISABLE' | 'PERMISSIVE' | 'STRICT';

/** What stands above a policy for chosen workloads; undefined where there is no policy at all. */
export interface ModesAbove {
  readonly namespace: Mode | undefined;
  readonly mesh: Mode | undefined;
  /** An empty selector takes the policy of the namespace out of sight where ports are translated. */
  readonly isNamespaceSelecting?: boolean;
}

/** What a PeerAuthentication says of ports and of the rest. */
export type PeerSpec = Resource<'PeerAuthentication'>['spec'];

const hasNoIdentity: SentMatch = { notPrincipals: [{ presence: {} }] };
const strictRule: SentRule = { matches: [hasNoIdentity] };

/** The policy that every workload under STRICT is given; it is sent as soon as there is any PeerAuthentication. */
export function staticStrictPolicy(rootNamespace: string): SentPolicy {
  return {
    name: 'istio_converted_static_strict',
    namespace: rootNamespace,
    scope: 'WORKLOAD_SELECTOR',
    action: 'DENY',
    groups: [{ rules: [strictRule] }],
  };
}

/** What ztunnel is sent for a PeerAuthentication with ports of its own; undefined when that is nothing. */
export function sentPeerPolicyOf(
  policy: Resource<'PeerAuthentication'>,
  rootNamespace: string,
  above: ModesAbove,
): SentPolicy | undefined {
  const { name, namespace, spec } = policy;
  const groups = namespace === rootNamespace ? [] : groupsOf(spec, above);
  if (groups.length === 0) return undefined;
  return {
    name: `converted_peer_authentication_${name}`,
    namespace,
    scope: 'WORKLOAD_SELECTOR',
    action: 'DENY',
    groups,
  };
}

function groupsOf(spec: PeerSpec, above: ModesAbove): readonly SentGroup[] {
  const ports = portsOf(spec);
  if (spec.selector === undefined || ports.length === 0) return [];
  const mode = modeOf(spec.mtls);
  const namespace = above.isNamespaceSelecting ? undefined : above.namespace;
  const isNamespaceUnset = namespace === undefined || namespace === 'UNSET';
  const isUnderStrictMesh = isNamespaceUnset && above.mesh === 'STRICT';
  // Whatever the workload's own mode: under a STRICT mesh a STRICT port is taken for granted.
  const isGranted = mode === 'STRICT' || (mode === 'UNSET' && namespace === 'STRICT') || isUnderStrictMesh;
  // A policy of the namespace that leaves the mode unset counts as "not STRICT" here, whatever the mesh says.
  const isOpenAbove = namespace === undefined ? above.mesh !== 'STRICT' : namespace !== 'STRICT';
  const isOpen = mode === 'PERMISSIVE' || mode === 'DISABLE' || (mode === 'UNSET' && isOpenAbove);

  const strictPorts = isGranted ? [] : ports.filter((port) => port.mode === 'STRICT');
  const exempt = isOpen ? [] : ports.filter((port) => port.mode === 'PERMISSIVE' || port.mode === 'DISABLE');
  if (mode === 'STRICT' && exempt.length === 0) return [];
  const rules: SentRule[] = exempt.map(({ port }) => ({ matches: [{ notDestinationPorts: [port] }] }));
  if (mode === 'STRICT') rules.unshift(strictRule);
  if ((isUnderStrictMesh || namespace === 'STRICT') && exempt.length > 0) rules.push(strictRule);
  return [
    ...strictPorts.map(({ port }) => ({
      rules: [{ matches: [{ ...hasNoIdentity, destinationPorts: [port] }] }],
    })),
    ...(rules.length > 0 ? [{ rules }] : []),
  ];
}

/** Which of its two kinds of policy a workload is told to obey. */
interface Obeyed {
  readonly staticStrict: boolean;
  readonly ports: boolean;
}

function obeyed(spec: PeerSpec | undefined, above: ModesAbove): Obeyed {
  const inherited =
    above.namespace === undefined || above.namespace === 'UNSET' ? above.mesh : above.namespace;
  const mode = modeOf(spec?.mtls);
  const isStrict = (mode === 'UNSET' ? inherited : mode) === 'STRICT';
  const says = (wanted: readonly Mode[]): boolean =>
    spec !== undefined && portsOf(spec).some((port) => wanted.includes(port.mode));
  if (!isStrict) return { staticStrict: false, ports: says(['STRICT']) };
  // Under STRICT from above ztunnel knows exceptions only when one of the ports is PERMISSIVE.
  const ports = says(mode === 'STRICT' ? ['PERMISSIVE', 'DISABLE'] : ['PERMISSIVE']);
  return { staticStrict: !ports, ports };
}

/**
 * Whether ztunnel refuses callers without an identity at a port of a workload, for the policy that chooses the
 * workload (if any) and what stands above it. A policy that a workload shall obey and that was never sent is
 * passed over.
 */
export function refusesPlainText(spec: PeerSpec | undefined, above: ModesAbove, port: number): boolean {
  const { staticStrict, ports } = obeyed(spec, above);
  if (staticStrict) return true;
  if (!ports || spec === undefined) return false;
  return groupsOf(spec, above).some(({ rules }) =>
    rules.every(({ matches }) =>
      matches.some(
        ({ destinationPorts, notDestinationPorts }) =>
          (destinationPorts === undefined || destinationPorts.includes(port)) &&
          (notDestinationPorts === undefined || !notDestinationPorts.includes(port)),
      ),
    ),
  );
}

function portsOf(spec: PeerSpec): { readonly port: number; readonly mode: Mode }[] {
  return Object.entries(spec.portLevelMtls ?? {})
    .map(([port, setting]) => ({ port: Number(port), mode: modeOf(setting) }))
    .sort((a, b) => a.port - b.port);
}

/** What is no mode counts as unset. */
export function modeOf(setting: PeerMtls | undefined): Mode {
  const mode = setting?.mode;
  return mode === 'STRICT' || mode === 'PERMISSIVE' || mode === 'DISABLE' ? mode : 'UNSET';
}
