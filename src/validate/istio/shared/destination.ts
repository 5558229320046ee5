import type { Destination, RouteDestination } from '../../../model/kinds.gen.ts';
import type { ValueReport } from '../../value-check.ts';
import { wildcardDomainFault } from './domains.ts';
import { refuse } from './fault.ts';
import { labelNameFault } from './names.ts';
import { negativeFault } from './numbers.ts';
import { portFault } from './ports.ts';

/** Where `owner.destination` must be: `validateDestination` of config/validation. */
export function checkDestination(
  report: ValueReport,
  owner: object,
  destination: Destination | undefined,
): void {
  if (destination === undefined) {
    report.error(owner, 'destination', 'The destination is missing', 'Name the host under destination');
  } else {
    checkTarget(report, destination);
  }
}

/** The host, subset and port of a destination. */
export function checkTarget(report: ValueReport, destination: Destination): void {
  const { host = '', subset, port } = destination;
  if (host === '*') {
    report.error(
      destination,
      'host',
      '* is no host to send to',
      'Write the host of a Service or ServiceEntry',
    );
  } else {
    refuse(report, destination, 'host', wildcardDomainFault(host));
  }
  if (subset) refuse(report, destination, 'subset', labelNameFault(subset, 'subset name'));
  if (port !== undefined) refuse(report, port, 'number', portFault(port.number ?? 0));
}

/** Weights are shares: none below zero, and not all of them zero. */
export function checkWeights(report: ValueReport, destinations: readonly RouteDestination[]): void {
  let total = 0;
  for (const entry of destinations) {
    const { weight = 0 } = entry;
    total += weight;
    refuse(report, entry, 'weight', negativeFault(weight, 'The weight'));
  }
  if (destinations.length < 2 || total !== 0) return;
  report.error(
    destinations,
    undefined,
    'The weights of the destinations are all 0',
    'Give each destination its share of the requests as weight',
  );
}
