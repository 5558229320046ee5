import type { ValueCheck } from '../value-check.ts';
import { refuse } from './shared/fault.ts';
import { checkSelector } from './shared/labels.ts';
import { checkMetadata } from './shared/metadata.ts';
import { enumFault } from './shared/names.ts';
import { checkTargets } from './shared/targets.ts';
import { checkTrafficSelectors, checkWasmModule } from './shared/wasm.ts';

const phases = ['UNSPECIFIED', 'AUTHN', 'AUTHZ', 'STATS'];
const MAX_CODE_BYTES = 65536;

/** `ValidateTrafficExtension`, config/validation. */
export const checkTrafficExtension: ValueCheck<'TrafficExtension'> = (
  { body: { metadata, spec = {} } },
  report,
) => {
  checkMetadata(report, metadata);
  checkSelector(report, spec, 'selector', spec.selector);
  checkTargets(report, spec);
  const { lua, wasm } = spec;
  if (lua === undefined && wasm === undefined) {
    report.error(spec, undefined, 'The extension has no code', 'Write one of `wasm` and `lua`');
  } else if (lua !== undefined && wasm !== undefined) {
    report.error(
      spec,
      'lua',
      '`lua` stands beside `wasm`, and an extension is one of the two',
      'Keep one of them, or write two extensions',
    );
  }
  if (lua !== undefined) {
    const { inlineCode: code = '' } = lua;
    const bytes = Buffer.byteLength(code);
    if (bytes === 0)
      report.error(lua, 'inlineCode', 'The Lua code is empty', 'Write the code under `inlineCode`');
    if (bytes > MAX_CODE_BYTES) {
      report.error(
        lua,
        'inlineCode',
        `The Lua code has ${bytes} bytes`,
        `Write at most ${MAX_CODE_BYTES}, or use a Wasm module`,
      );
    }
  }
  if (wasm !== undefined) checkWasmModule(wasm, report);
  checkTrafficSelectors(spec.match, report);
  refuse(report, spec, 'phase', enumFault(spec.phase, phases, 'phase'));
};
