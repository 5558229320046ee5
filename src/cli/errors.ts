import { ConfigError } from '../config/config-error.ts';
import { printError } from './terminal.ts';

/** Tells why the command could not do its work, and with which exit code. */
export function fail(error: unknown, debug: boolean): 2 | 3 {
  const help = helpOf(error);
  if (error instanceof Error && help !== undefined) {
    printError(`error: ${error.message}\n${help === '' ? '' : `  help: ${help}\n`}`);
    return error instanceof ConfigError ? 2 : 3;
  }
  const message = error instanceof Error ? error.message : String(error);
  if (debug && error instanceof Error) printError(`${error.stack ?? message}\n`);
  else printError(`error: internal error: ${message} (--debug prints where)\n`);
  return 3;
}

/** What to do about an error that is written for people: one of the configuration, or of a cluster. */
function helpOf(error: unknown): string | undefined {
  const isForPeople =
    error instanceof ConfigError || (error instanceof Error && error.name === 'ClusterError');
  return isForPeople && 'help' in error ? String(error.help) : undefined;
}
