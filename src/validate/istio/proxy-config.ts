import type { ValueCheck } from '../value-check.ts';
import { refuse } from './shared/fault.ts';
import { checkSelector } from './shared/labels.ts';
import { checkMetadata } from './shared/metadata.ts';
import { negativeFault } from './shared/numbers.ts';

/** `ValidateProxyConfig`, config/validation. */
export const checkProxyConfig: ValueCheck<'ProxyConfig'> = ({ body: { metadata, spec = {} } }, report) => {
  checkMetadata(report, metadata);
  checkSelector(report, spec, 'selector', spec.selector);
  const { concurrency } = spec;
  if (concurrency !== undefined) {
    refuse(report, spec, 'concurrency', negativeFault(concurrency, 'The number of worker threads'));
  }
};
