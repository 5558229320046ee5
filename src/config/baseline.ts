// The file that known findings are kept in.
import { readFileSync, writeFileSync } from 'node:fs';
import type { BaselineEntry } from '../model/baseline-entry.ts';
import { createLocator, createSource, type Path, readDocuments, type Source } from '../text/index.ts';
import { ConfigError } from './config-error.ts';

const VERSION = 1;
const MEND = 'Mend it, or write it anew: meshlint baseline.';

/** Reads a baseline. Throws ConfigError, with the place, for one that is not there or cannot be used. */
export async function readBaseline(path: string): Promise<BaselineEntry[]> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`The baseline ${path} cannot be read: ${why}.`, `meshlint baseline writes one.`);
  }
  const source = createSource(path, text);
  const [document] = await readDocuments(source);
  if (document === undefined || document.value === undefined) {
    const { error } = document ?? {};
    throw at(source, error?.start ?? 0, error?.message ?? 'There is nothing in it.');
  }
  const refuse = async (where: Path, message: string): Promise<never> => {
    const { start } = await createLocator().locate(source, document.start, document.end, where);
    throw at(source, start, message);
  };
  const { value } = document;
  if (!isRecord(value)) return refuse([], 'A baseline is a mapping with "version" and "findings".');
  if (value.version !== VERSION) return refuse(['version'], `The version of a baseline is ${VERSION}.`);
  if (!Array.isArray(value.findings)) return refuse(['findings'], '"findings" has to be a list.');
  const entries: BaselineEntry[] = [];
  for (const [i, item] of value.findings.entries()) {
    const entry = readEntry(item);
    if (typeof entry === 'string')
      return refuse(['findings', i, entry], `"${entry}" is missing or has the wrong type.`);
    entries.push(entry);
  }
  return entries;
}

/** The entry, or the field that is wrong with it. */
function readEntry(item: unknown): BaselineEntry | string {
  if (!isRecord(item)) return 'fingerprint';
  const { fingerprint, code, rule, resource, file, message, count } = item;
  if (typeof fingerprint !== 'string') return 'fingerprint';
  if (typeof code !== 'string') return 'code';
  if (typeof rule !== 'string') return 'rule';
  if (typeof file !== 'string') return 'file';
  if (typeof message !== 'string') return 'message';
  if (resource !== undefined && typeof resource !== 'string') return 'resource';
  if (count !== undefined && !(typeof count === 'number' && Number.isInteger(count) && count > 0))
    return 'count';
  return {
    fingerprint,
    code,
    rule,
    ...(resource === undefined ? {} : { resource }),
    file,
    message,
    ...(typeof count === 'number' ? { count } : {}),
  };
}

/** Writes a baseline: one field a line, so that changes of it can be reviewed. */
export function writeBaseline(path: string, findings: readonly BaselineEntry[]): void {
  try {
    writeFileSync(path, `${JSON.stringify({ version: VERSION, findings }, null, 2)}\n`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError(
      `The baseline ${path} cannot be written: ${why}.`,
      'Check the folder and its permissions.',
    );
  }
}

function at(source: Source, offset: number, message: string): ConfigError {
  const { line, column } = createLocator().lineColumn(source, offset);
  return new ConfigError(`${source.path}:${line}:${column}: ${message}`, MEND);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
