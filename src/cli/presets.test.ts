import { expect, test } from 'vitest';
import { rules } from '../../rules/index.gen.ts';
import { isSecurityRule, presets } from './presets.ts';

/** Kinds by which somebody is let in or kept out, or that hold what proves who one is. */
const securityKinds = ['AuthorizationPolicy', 'PeerAuthentication', 'RequestAuthentication', 'Secret'];

/** Rules that look at such kinds and are about something else. */
const otherMatters: Readonly<Record<string, string>> = {
  'ambient/extension-without-waypoint': 'plugins and telemetry; policies have rules of their own',
  'ambient/unused-waypoint': 'nothing goes unguarded for it',
  'input/negative-condition': 'the status of any kind',
  'input/unknown-network-cluster': 'who can reach whom, not who may',
  'upgrade/changed-by-upgrade': 'only with an upgrade in view',
};

test('the preset security names rules that exist', () => {
  const names = new Set(rules.map(({ name }) => name));
  const chosen = Object.keys(presets.security?.rules ?? {}).filter((name) => !name.endsWith('/*'));
  expect(chosen.filter((name) => !names.has(name))).toEqual([]);
  expect([...names].filter(isSecurityRule).sort()).toEqual(chosen.sort());
});

test('a rule about policies or secrets is in it, or it is told why not', async () => {
  const loaded = await Promise.all(rules.map((head) => head.load()));
  const about = loaded.filter(({ rule }) => securityKinds.some((kind) => kind in rule.reads));
  const left = about.map(({ name }) => name).filter((name) => !isSecurityRule(name));
  expect(left.sort()).toEqual(Object.keys(otherMatters).sort());
});

test('the preset strict has every rule that is off by default', () => {
  const optIn = rules.filter((head) => head.optIn).map(({ name }) => name);
  expect(Object.keys(presets.strict?.rules ?? {}).sort()).toEqual(optIn.sort());
});
