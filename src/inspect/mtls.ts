import type { WholeGraph } from '../graph/graph.ts';
import type { Resource } from '../graph/resource.ts';
import { membership } from '../mesh/membership/membership.ts';
import { accepted, type MtlsOutcome, type MtlsResult, mtlsOutcomes } from '../mesh/mtls/outcome.ts';
import { containerPort, servedPorts } from '../mesh/workloads/container-ports.ts';
import { serviceWorkloads } from '../mesh/workloads/service-workloads.ts';
import type { Workload } from '../mesh/workloads/workloads.ts';
import { showRef } from '../model/names.ts';
import { enrolmentSteps, showMode } from './enrolment.ts';
import { type Explanation, problem, type Section, type Step, step } from './explanation.ts';

/** A name and port under which the server is called. */
interface Door {
  readonly target?: Resource<'Service'>;
  /** Of the target; without one, of the containers. */
  readonly port: number;
}

/**
 * Whether a connection between two workloads is encrypted, by what, or refused: by every Service that leads to the
 * port (of the server's containers; without one, to any of them), and by the address of a pod where none does.
 */
export function explainMtls(
  graph: WholeGraph,
  { from, to, port }: { readonly from: Workload; readonly to: Workload; readonly port?: number },
): Explanation {
  const answers = doorsOf(graph, to, port).map((door) => ({
    name: nameOf(door),
    outcomes: mtlsOutcomes(graph, { from, to, ...door }),
  }));
  const [client, server] = [from, to].map(({ resource }) => `${resource.kind} ${showRef(resource)}`);
  return {
    title: `${client} to ${server}${port === undefined ? '' : `, port ${port}`}`,
    verdict:
      answers.length === 0
        ? `${server} declares no port, and no Service leads to it: name a port, as ${showRef(to.resource)}:8080.`
        : answers.map(({ name, outcomes }) => `By ${name}: ${verdictOf(outcomes)}.`).join(' '),
    sections: [
      { title: 'The client', steps: sideSteps(graph, from) },
      { title: 'The server', steps: sideSteps(graph, to) },
      ...answers.flatMap(({ name, outcomes }) => sectionsOf(name, outcomes)),
    ],
  };
}

/** How people who call the server reach it. */
function doorsOf(graph: WholeGraph, to: Workload, port: number | undefined): readonly Door[] {
  const doors = serviceWorkloads(graph)
    .servicesOf(to)
    .flatMap((target) =>
      servedPorts(target)
        .filter((served) => port === undefined || containerPort(to, served) === port)
        .map(({ number }): Door => ({ target, port: number })),
    );
  if (doors.length > 0) return doors;
  const declared = (to.pod?.containers ?? [])
    .flatMap(({ ports = [] }) => ports.map((one) => one.containerPort))
    .filter((number) => number !== undefined);
  return (port === undefined ? declared : [port]).map((number) => ({ port: number }));
}

function nameOf({ target, port }: Door): string {
  return target === undefined
    ? `the address of a pod, port ${port}`
    : `Service ${showRef(target)}, port ${port}`;
}

const words: Readonly<Record<MtlsResult, string>> = {
  mtls: 'mutual TLS of the mesh',
  hbone: 'mutual TLS of the mesh, inside HBONE',
  plaintext: 'plain text, which is accepted',
  tls: 'TLS that is not of the mesh, which the application has to speak',
  'plaintext-refused': 'refused: plain text, where only mutual TLS is taken',
  'tls-refused': 'refused: TLS without a certificate of the client, where only mutual TLS is taken',
  'certificate-refused': 'refused, unless the certificate of the client is one of the mesh',
  'mtls-unanswered': 'broken: mutual TLS of the mesh, where nothing of the mesh listens',
  unknown: 'not known',
};

function verdictOf(outcomes: readonly MtlsOutcome[]): string {
  return [...new Set(outcomes.map(({ result }) => words[result]))].join('; or ');
}

function sideSteps(graph: WholeGraph, workload: Workload): readonly Step[] {
  const { resource } = workload;
  const mode = showMode(membership(graph).modeOf(workload));
  return [
    step(`${resource.kind} ${showRef(resource)} ${mode}.`, { resource }),
    ...enrolmentSteps(graph, workload),
  ];
}

/** Several outcomes stand side by side where nothing tells which of several settings counts. */
function sectionsOf(name: string, outcomes: readonly MtlsOutcome[]): readonly Section[] {
  return outcomes.map(({ steps, result }, i) => ({
    title: outcomes.length === 1 ? `By ${name}` : `By ${name}: possibility ${i + 1}`,
    steps: [
      ...steps.map(({ text, resource, at }) =>
        step(`${text}.`, resource && { resource, ...(at === undefined ? {} : { at }) }),
      ),
      accepted(result) === false ? problem(`It is ${words[result]}.`) : step(`It is ${words[result]}.`),
    ],
  }));
}
