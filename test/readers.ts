// Readers of report formats that others wrote: what they take, build servers and code hosts take.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import Ajv from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { parse, type TestCase } from 'junit2json';
import { XmlDocument, XmlElement } from 'libxml2-wasm';
import type { Log, Run } from 'sarif';
import { expect } from 'vitest';

// The schema holds an expression that only old readers take.
const ajv = new Ajv.default({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats.default(ajv);
const require = createRequire(import.meta.url);
const schema = require.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
const validateSarif = ajv.compile<Log>(JSON.parse(readFileSync(schema, 'utf8')));

/** The one run of a SARIF log, which the official schema has accepted. */
export function readSarif(text: string): Run {
  const log: unknown = JSON.parse(text);
  const valid = validateSarif(log);
  expect(validateSarif.errors ?? []).toEqual([]);
  if (!valid || log.runs.length !== 1) return expect.unreachable();
  return log.runs[0] ?? expect.unreachable();
}

/** What GitLab asks of each issue of a Code Quality report; more is allowed. */
const validateGitlab = ajv.compile<readonly Issue[]>({
  type: 'array',
  items: {
    type: 'object',
    required: ['description', 'check_name', 'fingerprint', 'severity', 'location'],
    properties: {
      description: { type: 'string', minLength: 1 },
      check_name: { type: 'string', minLength: 1 },
      fingerprint: { type: 'string', minLength: 1 },
      severity: { enum: ['info', 'minor', 'major', 'critical', 'blocker'] },
      location: {
        type: 'object',
        required: ['path', 'lines'],
        properties: {
          path: { type: 'string', pattern: '^(?!\\./)' },
          lines: {
            type: 'object',
            required: ['begin'],
            properties: { begin: { type: 'integer', minimum: 1 }, end: { type: 'integer', minimum: 1 } },
          },
        },
      },
    },
  },
});

export interface Issue {
  readonly description: string;
  readonly check_name: string;
  readonly fingerprint: string;
  readonly severity: string;
  readonly location: {
    readonly path: string;
    readonly lines: { readonly begin: number; readonly end?: number };
  };
}

/** The issues of a Code Quality report, no two with the same fingerprint. */
export function readGitlab(text: string): readonly Issue[] {
  const issues: unknown = JSON.parse(text);
  const valid = validateGitlab(issues);
  expect(validateGitlab.errors ?? []).toEqual([]);
  if (!valid) return expect.unreachable();
  expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(issues.length);
  return issues;
}

export interface Suite {
  readonly name: string | undefined;
  readonly cases: readonly { readonly name: string | undefined; readonly outcome: Outcome }[];
}
type Outcome = 'error' | 'failure' | 'skipped' | 'passed';

/** The suites of a JUnit report, and what became of their cases. */
export async function readJunit(text: string): Promise<readonly Suite[]> {
  const read = await parse(text);
  if (read === null || read === undefined || !('testsuite' in read)) return expect.unreachable();
  return (read.testsuite ?? []).map(({ name, testcase = [] }) => ({
    name,
    cases: testcase.map((one) => ({ name: one.name, outcome: outcomeOf(one) })),
  }));
}

function outcomeOf(one: TestCase): Outcome {
  return (['error', 'failure', 'skipped'] as const).find((key) => one[key] !== undefined) ?? 'passed';
}

/** The nodes that an XPath finds in XML, with their attributes. */
export function findXml(
  xml: string,
  path: string,
): readonly { readonly attributes: Readonly<Record<string, string>>; readonly text: string }[] {
  const document = XmlDocument.fromString(xml);
  try {
    return document.find(path).map((node) => ({
      attributes: Object.fromEntries(
        (node instanceof XmlElement ? node.attrs : []).map(({ name, value }) => [name, value]),
      ),
      text: node.content,
    }));
  } finally {
    document.dispose();
  }
}

/** What a runner of GitHub makes of a line of the log: a command, or nothing. */
export function readWorkflowCommand(
  line: string,
): { command: string; properties: Readonly<Record<string, string>>; message: string } | undefined {
  const [, command, list = '', message = ''] = /^::(\w+) (.*?)::(.*)$/.exec(line) ?? [];
  if (command === undefined) return undefined;
  const data = (text: string): string =>
    text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
  const properties = list.split(',').map((pair) => {
    const [key = '', value = ''] = pair.split(/=(.*)/s);
    return [key, data(value.replaceAll('%3A', ':').replaceAll('%2C', ','))];
  });
  return { command, properties: Object.fromEntries(properties), message: data(message) };
}
