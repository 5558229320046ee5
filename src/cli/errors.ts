import { ConfigError } from '../config/config-error.ts';
import { printError } from './terminal.ts';

/** Tells why the command could not do its work, and with which exit code. */
export function fail(error: unknown, debug: boolean): 2 | 3 {
  if (error instanceof ConfigError) {
    printError(`error: ${error.message}\n${error.help === '' ? '' : `  help: ${error.help}\n`}`);
    return 2;
  }
  const message = error instanceof Error ? error.message : String(error);
  if (debug && error instanceof Error) printError(`${error.stack ?? message}\n`);
  else printError(`error: internal error: ${message} (--debug prints where)\n`);
  return 3;
}
