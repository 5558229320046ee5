import { unreadLines } from '../report/live.ts';
import type { Session } from '../session/session.ts';
import { printError } from './terminal.ts';

/** The exit code of a command that answers from an input: 3 when not all of it could be read. Tells what of a cluster was not. */
export function readCode({ loaded, input }: Session): 0 | 3 {
  const { live } = input.read;
  const unread = live === undefined ? [] : unreadLines(live);
  for (const line of unread) printError(`note: in cluster ${live?.cluster}, ${line}\n`);
  const { failures, problems } = loaded;
  const isWhole = failures.length === 0 && unread.length === 0;
  return isWhole && problems.every(({ rule }) => rule !== 'input/unparsable-input') ? 0 : 3;
}
