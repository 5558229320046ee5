import { subnetFault } from './addresses.ts';
import { type Fault, quoted } from './fault.ts';
import { emptyFault, portTextFault, serviceAccountFault, wildcardFault } from './identities.ts';

/** What a condition of an AuthorizationPolicy can compare, and how its values are written. */
const attributes: Readonly<Record<string, (value: string) => Fault | undefined>> = {
  'source.ip': subnetFault,
  'remote.ip': subnetFault,
  'source.namespace': emptyFault,
  'source.serviceAccount': serviceAccountFault,
  'source.principal': emptyFault,
  'source.trustDomain': wildcardFault,
  'request.auth.principal': emptyFault,
  'request.auth.audiences': emptyFault,
  'request.auth.presenter': emptyFault,
  'destination.ip': subnetFault,
  'destination.port': portTextFault,
  'connection.sni': emptyFault,
};

/** Attributes with a name in brackets behind them. */
const keyed = ['request.headers', 'request.auth.claims', 'experimental.envoy.filters.'];

/** Attributes of the first API of authorization, with what says the same today. */
const former: readonly (readonly [attribute: string, help: string])[] = [
  ['destination.namespace', 'Drop the condition: a policy applies to its own namespace'],
  ['destination.labels', 'Select the workloads with `selector`'],
  [
    'destination.name',
    'Attach the policy to the Service with `targetRefs`, or select its workloads with `selector`',
  ],
  ['destination.user', 'Select the workloads with `selector`'],
];

/** The key of a condition (`ValidateAttribute`, pkg/config/security). */
export function attributeFault(key: string): Fault | undefined {
  if (Object.hasOwn(attributes, key)) return undefined;
  const prefix = keyed.find((start) => key.startsWith(start));
  if (prefix !== undefined) return bracketFault(key, prefix);
  const old = former.find(([attribute]) => key === attribute || key.startsWith(`${attribute}[`));
  if (old !== undefined) {
    return { problem: `The attribute ${quoted(key)} is no longer supported`, help: old[1] };
  }
  const near = Object.keys(attributes).find((name) => name.toLowerCase() === key.toLowerCase());
  return {
    problem: `There is no attribute ${quoted(key)}`,
    help: `Write ${near ?? `one of ${Object.keys(attributes).join(', ')}, request.headers[…] or request.auth.claims[…]`}`,
  };
}

/** How the values of a condition are written; undefined when its key tells nothing. */
export function attributeValueFault(key: string): (value: string) => Fault | undefined {
  return (Object.hasOwn(attributes, key) ? attributes[key] : undefined) ?? emptyFault;
}

function bracketFault(key: string, prefix: string): Fault | undefined {
  const open = key.indexOf('[');
  if (key.endsWith(']') && open > 0 && open < key.length - 2) return undefined;
  const example =
    prefix === 'request.headers' ? 'x-api-version' : prefix === 'request.auth.claims' ? 'iss' : 'key';
  return {
    problem: `The attribute ${quoted(key)} does not say which one is meant`,
    help: `Write its name in brackets, as in ${prefix.endsWith('.') ? `${prefix}name` : prefix}[${example}]`,
  };
}
