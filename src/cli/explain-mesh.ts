// `meshlint explain waypoint|authz|mtls`: what applies to an object of the input, and why.
import { ConfigError } from '../config/config-error.ts';
import type { WholeGraph } from '../graph/graph.ts';
import type { Explanation } from '../inspect/explanation.ts';
import type { Bindable } from '../mesh/ambient/waypoint-labels.ts';
import { isKind } from '../mesh/workloads/workload-sources.ts';
import { createPalette } from '../report/palette.ts';
import type { Session } from '../session/session.ts';
import { tellIgnored } from './combinations.ts';
import { explanationText, showExplanation } from './explanation.ts';
import { choice, type Given, isOn, last } from './flags.ts';
import { openInput, readSessionRequest } from './options.ts';
import { withProgress } from './progress.ts';
import { readCode } from './read-code.ts';
import { findResource, findWorkload, workloadOf } from './subjects.ts';
import { print, terminalWidth, wantsColor } from './terminal.ts';

type Question = (graph: WholeGraph, given: Given, subject: string) => Promise<Explanation>;

/** What can be asked, by the word after `explain`. Each says whether it takes a subject before the paths. */
const questions: Readonly<Record<string, { readonly subject?: string; readonly ask: Question }>> = {
  waypoint: {
    subject: 'Kind/namespace/name, such as Service/shop/cart',
    ask: async (graph, _, subject) => {
      const { explainWaypoint } = await import('../inspect/waypoint.ts');
      return explainWaypoint(graph, bindable(graph, subject));
    },
  },
  authz: {
    subject: 'namespace/workload, or namespace/workload:port',
    ask: async (graph, _, subject) => {
      const { explainAuthz } = await import('../inspect/authz.ts');
      const { name, port } = splitPort(subject);
      return explainAuthz(graph, findWorkload(graph, name), port);
    },
  },
  mtls: {
    ask: async (graph, given) => {
      const { explainMtls } = await import('../inspect/mtls.ts');
      const from = required(given, 'from', 'namespace/workload');
      const { name, port } = splitPort(required(given, 'to', 'namespace/workload:port'));
      return explainMtls(graph, {
        from: findWorkload(graph, from),
        to: findWorkload(graph, name),
        ...(port === undefined ? {} : { port }),
      });
    },
  },
};

/** Answers a question about the mesh in the paths given. */
export async function explainMesh(given: Given, environment: NodeJS.ProcessEnv): Promise<number> {
  const [word = '', ...rest] = given.positionals;
  const question = questions[word];
  if (question === undefined) throw new Error(`no question ${word}`);
  const [subject, paths] = question.subject === undefined ? ['', rest] : [rest[0], rest.slice(1)];
  if (subject === undefined) {
    throw new ConfigError(
      `explain ${word} asks about one object, and none was named.`,
      `Name ${question.subject}.`,
    );
  }
  const request = await readSessionRequest({ ...given, positionals: paths }, environment);
  const session = await withProgress((onProgress) => openInput({ ...request, onProgress }));
  tellIgnored(given, request, session.input.read);
  return printExplanation(session, await question.ask(session.graph, given, subject), given, environment);
}

/** Prints an explanation as `--format` says; 3 when not all of the input could be read. */
export async function printExplanation(
  session: Session,
  explanation: Explanation,
  given: Given,
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  const format = choice(given, 'format', ['text', 'json']) ?? 'text';
  const shown = await showExplanation(explanation);
  if (format === 'json') print([`${JSON.stringify({ version: '1', ...shown }, null, 2)}\n`]);
  else {
    const paint = createPalette(wantsColor(isOn(given, 'color'), environment));
    print(explanationText(shown, paint, terminalWidth().prose));
  }
  return readCode(session);
}

function bindable(graph: WholeGraph, subject: string): Bindable {
  const resource = findResource(graph, subject);
  if (isKind(resource, 'Service') || isKind(resource, 'ServiceEntry')) return resource;
  const workload = workloadOf(graph, resource);
  if (workload !== undefined) return workload;
  throw new ConfigError(
    `A ${resource.kind} has no waypoint.`,
    'Name a Service, a ServiceEntry, a WorkloadEntry, a workload or a Pod.',
  );
}

/** `shop/cart:8080`: the name and the port. */
function splitPort(subject: string): { readonly name: string; readonly port?: number } {
  const [, name = subject, port] = /^(.*):([^:/]*)$/.exec(subject) ?? [];
  if (port === undefined) return { name };
  if (/^[1-9][0-9]{0,4}$/.test(port) && Number(port) < 65_536) return { name, port: Number(port) };
  throw new ConfigError(`"${port}" in ${subject} is no port.`, 'Write a number from 1 to 65535.');
}

/** The value of a flag that a question cannot do without. */
function required(given: Given, flag: string, form: string): string {
  const value = last(given, flag);
  if (value === undefined) throw new ConfigError(`--${flag} is missing.`, `Write --${flag} ${form}.`);
  return value;
}
