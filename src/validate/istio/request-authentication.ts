import type { JwtRule } from '../../model/kinds.gen.ts';
import type { ValueCheck, ValueReport } from '../value-check.ts';
import { durationFault } from './shared/durations.ts';
import { type Fault, quoted, refuse, refuseEach } from './shared/fault.ts';
import { strictHeaderFault } from './shared/headers.ts';
import { parseJwks } from './shared/jwks.ts';
import { checkSelector } from './shared/labels.ts';
import { checkMetadata } from './shared/metadata.ts';
import { enumFault } from './shared/names.ts';
import { checkTargets } from './shared/targets.ts';
import { parseUrl } from './shared/urls.ts';

/** `ValidateRequestAuthentication`, config/validation. */
export const checkRequestAuthentication: ValueCheck<'RequestAuthentication'> = (
  { body: { metadata, spec = {} } },
  report,
) => {
  checkMetadata(report, metadata);
  checkSelector(report, spec, 'selector', spec.selector);
  checkTargets(report, spec);
  for (const rule of spec.jwtRules ?? []) checkJwtRule(rule, report);
};

function checkJwtRule(rule: JwtRule, report: ValueReport): void {
  const uriKey = rule.jwksUri === undefined && rule.jwks_uri !== undefined ? 'jwks_uri' : 'jwksUri';
  const uri = rule[uriKey] ?? '';
  const { issuer = '', jwks = '', timeout } = rule;
  if (issuer === '' && uri === '') {
    report.error(
      rule,
      'issuer',
      'The rule has neither an issuer nor a place to get keys from',
      'Write the `iss` of the tokens as `issuer`',
    );
  }
  if (uri !== '') refuse(report, rule, uriKey, keyAddressFault(uri));
  if (jwks !== '') checkKeys(rule, jwks, report);
  if (jwks !== '' && uri !== '') {
    report.error(rule, 'jwks', `Keys are given by \`jwks\` and by \`${uriKey}\``, 'Keep one of them');
  }
  refuseEach(report, rule.audiences, (text) => emptyFault(text, 'audience'));
  refuseEach(report, rule.fromParams, (text) => emptyFault(text, 'query parameter'));
  refuseEach(report, rule.fromCookies, (text) => emptyFault(text, 'cookie'));
  for (const header of rule.fromHeaders ?? []) {
    refuse(report, header, 'name', emptyFault(header.name ?? '', 'header that holds the token'));
  }
  for (const output of rule.outputClaimToHeaders ?? []) {
    const { claim = '', header = '' } = output;
    refuse(report, output, 'claim', emptyFault(claim, 'claim to copy'));
    refuse(
      report,
      output,
      'header',
      header === '' ? emptyFault(header, 'header to copy the claim to') : strictHeaderFault(header),
    );
  }
  if (timeout !== undefined) refuse(report, rule, 'timeout', durationFault(timeout));
  refuse(report, rule, 'presence', enumFault(rule.presence, ['OPTIONAL', 'REQUIRED'], 'presence'));
}

function emptyFault(value: string, what: string): Fault | undefined {
  if (value !== '') return undefined;
  return { problem: `The name of the ${what} is empty`, help: 'Write the name' };
}

/** Where keys are fetched from (`ParseJwksURI`, pkg/config/security). */
function keyAddressFault(uri: string): Fault | undefined {
  const url = parseUrl(uri);
  const help = 'Write the address of the key set, such as https://issuer.example.com/.well-known/jwks.json';
  if ('fault' in url) return { problem: `The address ${quoted(uri)} ${url.fault}`, help };
  if (url.scheme === 'http' || url.scheme === 'https') return undefined;
  return {
    problem:
      url.scheme === ''
        ? `The address ${quoted(uri)} does not begin with https:// or http://`
        : `Keys cannot be fetched over ${quoted(url.scheme)}`,
    help,
  };
}

/** Keys given inline: they must parse, and need not be secret. Their text is never shown, since it may be. */
function checkKeys(rule: JwtRule, jwks: string, report: ValueReport): void {
  const keys = parseJwks(jwks);
  if ('fault' in keys) {
    report.error(rule, 'jwks', `The inline key set ${keys.fault}`, keys.help);
    return;
  }
  if (keys.secret.length === 0) return;
  const numbers = keys.secret.map((index) => index + 1).join(', ');
  report.warning(
    rule,
    'jwks',
    `The inline key set holds private keys (${keys.secret.length === 1 ? 'key' : 'keys'} ${numbers}), which everyone who may read the policy can sign tokens with`,
    'Replace the keys with new ones, and keep only their public parts here',
  );
}
