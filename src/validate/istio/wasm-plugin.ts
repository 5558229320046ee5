import type { ValueCheck } from '../value-check.ts';
import { refuse } from './shared/fault.ts';
import { checkSelector } from './shared/labels.ts';
import { checkMetadata } from './shared/metadata.ts';
import { enumFault } from './shared/names.ts';
import { checkTargets } from './shared/targets.ts';
import { checkTrafficSelectors, checkWasmModule } from './shared/wasm.ts';

const phases = ['UNSPECIFIED_PHASE', 'AUTHN', 'AUTHZ', 'STATS'];

/** `ValidateWasmPlugin`, config/validation. */
export const checkWasmPlugin: ValueCheck<'WasmPlugin'> = ({ body: { metadata, spec = {} } }, report) => {
  checkMetadata(report, metadata);
  checkSelector(report, spec, 'selector', spec.selector);
  checkTargets(report, spec);
  checkWasmModule(spec, report);
  checkTrafficSelectors(spec.match, report);
  refuse(report, spec, 'phase', enumFault(spec.phase, phases, 'phase'));
};
