import { rules } from '../../rules/index.gen.ts';
import type { Presets } from '../config/read-settings.ts';
import type { RuleLevel } from '../config/settings.ts';

/** Areas that are about security as a whole. */
const securityAreas = ['authz', 'mtls'];

/** Rules of other areas by which a policy, a certificate or mutual TLS is found not to do what it seems to. */
const securityRules: ReadonlySet<string> = new Set([
  // What waypoints and ztunnel enforce of a policy, and what goes past them.
  'ambient/bypass-guard-at-waypoint',
  'ambient/bypassable-waypoint',
  'ambient/client-identity-hidden',
  'ambient/default-deny-ignored-at-waypoint',
  'ambient/host-network-in-ambient',
  'ambient/ingress-bypasses-waypoint',
  'ambient/l7-authorization-without-waypoint',
  'ambient/misplaced-gateway-class-target',
  'ambient/missing-target-ref',
  'ambient/missing-waypoint',
  'ambient/peer-authentication-ignored-in-ambient',
  'ambient/request-authentication-without-waypoint',
  'ambient/selector-policy-at-waypoint',
  'ambient/sidecar-client-bypasses-waypoint',
  'ambient/target-ref-on-sidecar-service',
  'ambient/unbound-target-ref',
  'ambient/unsupported-ztunnel-action',
  'ambient/unsupported-ztunnel-field',
  'ambient/waypoint-attachment-denied',
  'ambient/waypoint-identity-denied',
  'ambient/waypoint-traffic-type-mismatch',
  // Certificates and policies at gateways.
  'gateway/invalid-credential',
  'gateway/missing-credential',
  'gateway/selector-policy-at-gateway',
  // A field with a typing slip, or a resource that the API server refuses, protects nothing.
  'input/doubtful-value',
  'input/duplicate-key',
  'input/invalid-resource',
  'input/invalid-value',
  'input/skipped-input',
  'input/unknown-api-version',
  'input/unknown-field',
]);

/** Whether the preset `security` has a rule. */
export function isSecurityRule(name: string): boolean {
  return securityRules.has(name) || securityAreas.includes(name.slice(0, name.indexOf('/')));
}

/** What `extends` may name beside files. */
export const presets: Presets = {
  recommended: {},
  strict: { rules: switchedOn((_, optIn) => optIn), failOn: 'warning' },
  security: { rules: { ...allOff(), ...switchedOn(isSecurityRule) }, failOn: 'warning' },
};

/** By area, and not `*`: rules that somebody brings himself are none of a preset's business. */
function allOff(): Record<string, RuleLevel> {
  return Object.fromEntries(rules.map(({ name }) => [`${name.slice(0, name.indexOf('/'))}/*`, 'off']));
}

function switchedOn(isWanted: (name: string, optIn: boolean) => boolean): Record<string, RuleLevel> {
  const wanted = rules.filter(({ name, optIn }) => isWanted(name, optIn === true));
  return Object.fromEntries(wanted.map(({ name }) => [name, 'on']));
}
