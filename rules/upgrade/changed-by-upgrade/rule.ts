import {
  defineRule,
  lostCompatibilities,
  lostSettings,
  postponement,
  upgradeConcerns,
  upgradeOf,
  upgradeReads,
} from '#sdk';

export default defineRule({
  code: 'IST0169',
  severity: 'warning',
  since: '0.1.0',
  onUpgrade: true,
  summary: 'An upgrade of Istio changes what this configuration does.',
  reads: upgradeReads,
  messages: {
    changed: {
      what: '{thing}: Istio {release} {change}.',
      why: '{effect} The upgrade from {from} to {to} brings this.',
      help: '{remedy}{postponement}',
    },
    settingGone: {
      what: '{name} is set to "{value}", and Istio {release} does not know it any more.',
      why: 'istiod ignores it from then on, and behaves as if it were "{fallback}".',
      help: 'Make sure that nothing needs it, and remove it before the upgrade from {from} to {to}.{instead}',
    },
    compatibilityGone: {
      what: 'Istio {to} cannot behave as {version}.',
      why: 'Its charts refuse this compatibilityVersion, so the upgrade stops with an error.',
      help: 'Remove it, or name a version that Istio {to} knows: a few releases before its own.',
    },
  },
  check({ graph, report }) {
    const upgrade = upgradeOf(graph);
    if (upgrade === undefined) return;
    const { from, to } = upgrade;
    for (const { change, resource, at, thing, related, lookup, isMinor } of upgradeConcerns(graph)) {
      const { release, change: changed, effect, remedy } = change;
      const data = { thing, release, change: changed, effect, remedy, from, to };
      report(resource, {
        at,
        message: 'changed',
        data: { ...data, postponement: postponement(change, to) },
        ...(related === undefined ? {} : { related: [related] }),
        ...(isMinor || change.isMinor ? { severity: 'info' } : {}),
        ...(lookup === undefined ? {} : { lookup }),
      });
    }
    for (const { setting, value, resource, at } of lostSettings(graph)) {
      const { name, release, fallback, instead } = setting;
      const hint = instead === undefined ? '' : ` Use ${instead} instead.`;
      const data = { name, value, release, fallback, from, to, instead: hint };
      report(resource, { at, message: 'settingGone', data });
    }
    for (const { version, resource, at } of lostCompatibilities(graph)) {
      report(resource, { at, message: 'compatibilityGone', severity: 'error', data: { version, to } });
    }
  },
});
