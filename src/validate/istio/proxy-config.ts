import type { ValueCheck } from '../value-check.ts';
import { refuse } from './shared/fault.ts';
import { checkSelector } from './shared/labels.ts';
import { negativeFault } from './shared/numbers.ts';

/** `ValidateProxyConfig`, config/validation. */
export const checkProxyConfig: ValueCheck<'ProxyConfig'> = ({ body: { spec = {} } }, report) => {
  checkSelector(report, spec, 'selector', spec.selector);
  const { concurrency } = spec;
  if (concurrency !== undefined) {
    refuse(report, spec, 'concurrency', negativeFault(concurrency, 'The number of worker threads'));
  }
};
