// Which formats go where. Loaded when anything but the usual text on standard output is asked for.
import { resolve } from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import { nearestName } from '../model/near.ts';
import { type FormatName, formats } from '../report/index.ts';
import { orList } from './flags.ts';

/** A format, and the file that it goes to; without one it goes to standard output. */
export interface Output {
  readonly format: FormatName;
  readonly file?: string;
}

const formatNames = Object.keys(formats).filter(isFormat);
/** istioctl's word for the text format. */
const LOG = 'log';

/** Reads each `--format NAME[=FILE]`, and `--output-file`, which goes with one of them. Throws ConfigError. */
export function readOutputs(written: readonly string[], outputFile: string | undefined): readonly Output[] {
  const outputs = (written.length === 0 ? ['text'] : written).map(readOutput);
  const [first, second] = outputs;
  if (outputFile !== undefined && first !== undefined) {
    if (second === undefined && first.file === undefined) return [{ ...first, file: outputFile }];
    throw new ConfigError(
      '--output-file goes with one --format that names no file of its own.',
      `Give each format its file, as --format ${first.format}=${first.file ?? outputFile}.`,
    );
  }
  const [printed, another] = outputs.filter(({ file }) => file === undefined);
  if (printed !== undefined && another !== undefined) {
    throw new ConfigError(
      `Only one format can go to standard output, not both ${printed.format} and ${another.format}.`,
      `Give one of them a file, as --format ${another.format}=FILE.`,
    );
  }
  const files = outputs.flatMap(({ file }) => (file === undefined ? [] : resolve(file)));
  const twice = files.find((file, i) => files.indexOf(file) !== i);
  if (twice !== undefined) {
    throw new ConfigError(`Two formats would be written to ${twice}.`, 'Give each a file of its own.');
  }
  return outputs;
}

function readOutput(text: string): Output {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  const file = equals < 0 ? undefined : text.slice(equals + 1);
  const word = name.toLowerCase() === LOG ? 'text' : name.toLowerCase();
  if (!isFormat(word)) {
    const near = nearestName(word, formatNames);
    throw new ConfigError(
      `--format cannot be "${name}".`,
      `${near === undefined ? '' : `Did you mean ${near}? `}It takes ${orList(formatNames)}.`,
    );
  }
  if (file === '') {
    throw new ConfigError(
      `--format ${text} names no file.`,
      `Write --format ${name}=FILE, or --format ${name}.`,
    );
  }
  // `-` is what commands call standard output.
  return file === undefined || file === '-' ? { format: word } : { format: word, file };
}

function isFormat(word: string): word is FormatName {
  return Object.hasOwn(formats, word);
}
