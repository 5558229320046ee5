import type { ValueCheck } from '../value-check.ts';
import { checkEndpoint } from './shared/endpoints.ts';
import { checkMetadata } from './shared/metadata.ts';

/** `ValidateWorkloadEntry` of config/validation. */
export const checkWorkloadEntry: ValueCheck<'WorkloadEntry'> = ({ body }, report) => {
  checkMetadata(report, body.metadata);
  const { spec = {} } = body;
  checkEndpoint(report, spec, { hostNames: true });
};
