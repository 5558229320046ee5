import { httpDenial } from '../../model/http-denials.ts';
import type {
  AuthorizationOperation,
  AuthorizationPolicySpec,
  AuthorizationRule,
  AuthorizationSource,
  ObjectMeta,
} from '../../model/kinds.gen.ts';
import type { ValueCheck, ValueReport } from '../value-check.ts';
import { subnetFault } from './shared/addresses.ts';
import { attributeFault, attributeValueFault } from './shared/attributes.ts';
import { quoted, refuse, refuseEach } from './shared/fault.ts';
import { checkServiceAccounts, emptyFault, portTextFault, trustDomainFault } from './shared/identities.ts';
import { checkSelector } from './shared/labels.ts';
import { checkMetadata } from './shared/metadata.ts';
import { enumFault } from './shared/names.ts';
import { pathTemplateFault } from './shared/path-template.ts';
import { checkTargets } from './shared/targets.ts';

type Condition = NonNullable<AuthorizationRule['when']>[number];

const actions = ['ALLOW', 'DENY', 'AUDIT', 'CUSTOM'];

/** `ValidateAuthorizationPolicy`, config/validation. */
export const checkAuthorizationPolicy: ValueCheck<'AuthorizationPolicy'> = (
  { body: { metadata, spec = {} } },
  report,
) => {
  checkMetadata(report, metadata, true);
  checkDryRun(metadata, spec.action, report);
  checkSelector(report, spec, 'selector', spec.selector);
  checkTargets(report, spec);
  refuse(report, spec, 'action', enumFault(spec.action, actions, 'action'));
  checkProvider(spec, report);
  const { action, rules = [] } = spec;
  if (rules.length === 0 && (action === 'DENY' || action === 'CUSTOM')) {
    report.error(
      spec,
      spec.rules === undefined ? 'action' : 'rules',
      `The policy has action ${action} and no rule, so it never does anything`,
      'Write the rules that requests are to match, or one empty rule `- {}` for all requests',
    );
  }
  for (const rule of rules) {
    for (const from of rule.from ?? []) {
      if (from.source === undefined) {
        report.error(
          from,
          'source',
          'The entry of `from` has no `source`',
          'Write the sources under `source`',
        );
      } else {
        checkSource(from.source, report);
        if (action === 'CUSTOM') checkCustomSource(from.source, report);
      }
    }
    for (const to of rule.to ?? []) {
      if (to.operation === undefined) {
        report.error(
          to,
          'operation',
          'The entry of `to` has no `operation`',
          'Write the operations under `operation`',
        );
      } else {
        checkOperation(to.operation, report);
      }
    }
    for (const condition of rule.when ?? []) checkCondition(condition, action === 'CUSTOM', report);
    if (action === 'DENY') checkReach(rule, report);
  }
};

/** Whether there is a TCP port stands elsewhere, so by itself this is only a hint. */
function checkReach(rule: AuthorizationRule, report: ValueReport): void {
  const denial = httpDenial(rule);
  if (denial === undefined) return;
  const whose = denial.isBounded ? ' from its sources' : '';
  report.hint(
    rule,
    denial.field,
    `The rule denies by what only HTTP has, without a port; on TCP ports it denies every connection${whose}`,
    denial.help,
  );
}

const DRY_RUN = 'istio.io/dry-run';

/** A dry run is for ALLOW and DENY, and is switched on or off as Go writes it (`checkDryRunAnnotation`). */
function checkDryRun({ annotations }: ObjectMeta, action = 'ALLOW', report: ValueReport): void {
  const value = annotations?.[DRY_RUN];
  if (annotations === undefined || value === undefined) return;
  if (action === 'AUDIT' || action === 'CUSTOM') {
    report.error(
      annotations,
      DRY_RUN,
      `A policy with action ${action} cannot run dry`,
      'Take the annotation away',
    );
  } else if (!/^(?:[01tTfF]|true|True|TRUE|false|False|FALSE)$/.test(value)) {
    report.error(
      annotations,
      DRY_RUN,
      `${quoted(value)} is neither true nor false`,
      'Write "true" or "false"',
    );
  }
}

/** A provider belongs to the action CUSTOM, and the action CUSTOM to a provider. */
function checkProvider(spec: AuthorizationPolicySpec, report: ValueReport): void {
  const { action = 'ALLOW', provider } = spec;
  const isCustom = action === 'CUSTOM';
  if (provider !== undefined && !isCustom) {
    report.error(
      spec,
      'provider',
      `A provider is named, and the action is ${action}`,
      'Write `action: CUSTOM` to ask the provider, or drop `provider`',
    );
  } else if (isCustom && (provider?.name ?? '') === '') {
    const help = 'Write the name of an extension provider of the mesh configuration as `provider.name`';
    if (provider === undefined)
      report.error(spec, 'action', 'The action CUSTOM has no provider to ask', help);
    else report.error(provider, 'name', 'The provider has no name', help);
  }
}

const addressLists = ['ipBlocks', 'notIpBlocks', 'remoteIpBlocks', 'notRemoteIpBlocks'] as const;
const accountLists = ['serviceAccounts', 'notServiceAccounts'] as const;
const trustDomainLists = ['trustDomains', 'notTrustDomains'] as const;
const identityLists = ['principals', 'notPrincipals', 'namespaces', 'notNamespaces'] as const;
const requestLists = ['requestPrincipals', 'notRequestPrincipals'] as const;
function isFilled(list: readonly string[] | undefined): boolean {
  return list !== undefined && list.length > 0;
}

function checkSource(source: AuthorizationSource, report: ValueReport): void {
  if (isBare(source)) {
    report.error(
      source,
      undefined,
      'The source says nothing',
      'Write what tells the callers apart, or drop `from` if all are meant',
    );
  }
  for (const list of addressLists) refuseEach(report, source[list], subnetFault);
  for (const list of accountLists) checkServiceAccounts(source, list, report);
  for (const list of trustDomainLists) refuseEach(report, source[list], trustDomainFault);
  for (const list of [...identityLists, ...requestLists]) refuseEach(report, source[list], emptyFault);
  const accounts = accountLists.find((list) => isFilled(source[list]));
  const identities = identityLists.find((list) => isFilled(source[list]));
  if (accounts === undefined || identities === undefined) return;
  report.error(
    source,
    accounts,
    `\`${accounts}\` stands beside \`${identities}\` in one source`,
    'Write them as two entries of `from`, or say everything by `principals`',
  );
}

/** Who a caller is: none of it can be sent on to a provider. */
function checkCustomSource(source: AuthorizationSource, report: ValueReport): void {
  for (const list of [...identityLists, ...accountLists, ...trustDomainLists, ...requestLists]) {
    if (isFilled(source[list])) refuseForCustom(source, list, list, report);
  }
}

function refuseForCustom(owner: object, key: string, what: string, report: ValueReport): void {
  report.error(
    owner,
    key,
    `${quoted(what)} cannot decide whether a provider is asked`,
    'Choose by hosts, paths, methods, ports, addresses or headers with action CUSTOM, and check identities in a policy with ALLOW or DENY',
  );
}

const textLists = ['methods', 'notMethods', 'hosts', 'notHosts'] as const;

function checkOperation(operation: AuthorizationOperation, report: ValueReport): void {
  if (isBare(operation)) {
    report.error(
      operation,
      undefined,
      'The operation says nothing',
      'Write what tells the requests apart, or drop `to` if all are meant',
    );
  }
  for (const list of textLists) refuseEach(report, operation[list], emptyFault);
  for (const list of ['ports', 'notPorts'] as const) refuseEach(report, operation[list], portTextFault);
  for (const list of ['paths', 'notPaths'] as const) {
    refuseEach(report, operation[list], (path) => emptyFault(path) ?? pathTemplateFault(path));
  }
}

/** Whether every list is missing or empty. */
function isBare(lists: AuthorizationSource | AuthorizationOperation): boolean {
  return Object.values(lists).every((list: unknown) => !Array.isArray(list) || list.length === 0);
}

const customKeys = /^source\.(?:namespace|serviceAccount|trustDomain|principal)$|^request\.auth\./;

function checkCondition(condition: Condition, isCustom: boolean, report: ValueReport): void {
  const { key = '', values = [], notValues = [] } = condition;
  if (key === '') {
    report.error(
      condition,
      'key',
      'The condition does not say what it compares',
      'Write an attribute as `key`',
    );
    return;
  }
  if (isCustom && customKeys.test(key)) refuseForCustom(condition, 'key', key, report);
  refuse(report, condition, 'key', attributeFault(key));
  if (values.length === 0 && notValues.length === 0) {
    report.error(
      condition,
      undefined,
      `The condition on ${quoted(key)} has no values`,
      'Write `values` or `notValues`',
    );
  }
  const faultOf = attributeValueFault(key);
  for (const list of ['values', 'notValues'] as const) {
    if (key === 'source.serviceAccount') checkServiceAccounts(condition, list, report);
    else refuseEach(report, condition[list], faultOf);
  }
}
