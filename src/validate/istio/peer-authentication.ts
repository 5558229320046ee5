import type { ValueCheck } from '../value-check.ts';
import { quoted, refuse } from './shared/fault.ts';
import { checkSelector } from './shared/labels.ts';
import { checkMetadata } from './shared/metadata.ts';
import { enumFault } from './shared/names.ts';

const modes = ['UNSET', 'DISABLE', 'PERMISSIVE', 'STRICT'];

/** `ValidatePeerAuthentication`, config/validation. */
export const checkPeerAuthentication: ValueCheck<'PeerAuthentication'> = (
  { body: { metadata, spec = {} } },
  report,
) => {
  checkMetadata(report, metadata);
  checkSelector(report, spec, 'selector', spec.selector);
  const { mtls, portLevelMtls: ports } = spec;
  if (mtls !== undefined) refuse(report, mtls, 'mode', enumFault(mtls.mode, modes, 'mode'));
  if (ports === undefined) return;
  const numbers = Object.keys(ports);
  if (numbers.length === 0) {
    report.error(
      spec,
      'portLevelMtls',
      '`portLevelMtls` has no port in it',
      'Write a port with its mode, or drop it',
    );
  } else if (Object.keys(spec.selector?.matchLabels ?? {}).length === 0) {
    report.error(
      spec,
      'portLevelMtls',
      'Modes of single ports stand in a policy that selects no workload',
      'Name the labels of the workloads under `selector.matchLabels`; for a whole namespace only `mtls` can be set',
    );
  }
  for (const [port, settings] of Object.entries(ports)) {
    if (!/^\d+$/.test(port) || Number(port) < 1 || Number(port) > 65535) {
      report.error(
        ports,
        port,
        `${quoted(port)} is not a port number`,
        'Write the number of a port of the workload, from 1 to 65535',
      );
    }
    refuse(report, settings, 'mode', enumFault(settings.mode, modes, 'mode'));
  }
};
