import {
  type At,
  at,
  defineRule,
  dissents,
  isHeadless,
  portNamed,
  portNames,
  portSet,
  type Resource,
  serviceType,
  sharedServices,
  showPort,
  showRef,
  targetNumber,
  unlikePorts,
} from '#sdk';

type Service = Resource<'Service'>;

/** Something that the definitions of a Service should have alike. */
interface Trait {
  readonly message: 'external' | 'type' | 'headless' | 'ports' | 'target';
  /** The same text for definitions that agree; none for those that leave it open. */
  readonly keyOf: (service: Service) => string | undefined;
  /** Where one definition differs from another, and what it has there. */
  readonly place: (service: Service, other: Service) => At;
  readonly words: (service: Service, other: Service) => string;
}

export default defineRule({
  code: 'IST0170',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A Service is not the same in all clusters of the mesh.',
  reads: { Service: 'some' },
  messages: {
    external: {
      what: 'Service {service} is of type {here} in cluster {cluster} and of type {there} in {other}.',
      why: 'istiod makes one service of both, and one definition decides whether the name stands for workloads of the mesh or for a host outside: the same call ends here or there, depending on who makes it.',
      help: 'Let the name mean the same in all clusters, or give one of the Services another name.',
    },
    type: {
      what: 'Service {service} is of type {here} in cluster {cluster} and of type {there} in {other}.',
      why: 'Inside of the mesh these types are alike. From outside, the Service can be reached in one cluster and not in the other, or in another way.',
      help: 'Use one type in all clusters, unless the difference is meant.',
    },
    headless: {
      what: 'Service {service} is {here} in cluster {cluster} and {there} in {other}.',
      why: 'istiod makes one service of both, and one definition decides for all endpoints: requests to a headless Service go to the address that the client chose, those to any other are balanced.',
      help: 'Set `clusterIP: None` in all clusters or in none, or give one of the Services another name.',
    },
    ports: {
      what: 'Service {service} has {here} in cluster {cluster} and {there} in {other}.',
      why: 'istiod makes one service of both, keeps the ports of one definition, and finds all endpoints by the name of the port: a port that only the other definition has cannot be called, and one that it names differently has no endpoints there.',
      help: 'Give the Service the same ports in all clusters: names, numbers and protocols.',
    },
    target: {
      what: 'Service {service} leads {here} in cluster {cluster} and {there} in {other}.',
      why: 'Requests arrive, because every cluster knows the ports of its own endpoints. But a policy that names a port of the workload covers one of the two only.',
      help: 'Use one target port in all clusters, or name the port in the workloads and use its name.',
    },
  },
  checkClusters({ clusters, report }) {
    for (const services of sharedServices(clusters)) {
      for (const { message, keyOf, place, words } of traitsOf(services)) {
        for (const { one, others } of dissents(services, keyOf)) {
          const [other] = others;
          report(one, {
            at: place(one, other),
            message,
            data: {
              service: showRef(one),
              cluster: one.cluster ?? '',
              other: other.cluster ?? '',
              here: words(one, other),
              there: words(other, one),
            },
            related: others.map((resource) => ({
              resource,
              at: place(resource, one),
              note: `Here: ${words(resource, one)}.`,
            })),
            ...(harmless.has(message) ? { severity: 'info' } : {}),
          });
        }
      }
    }
  },
});

/** What Istio gets along with. */
const harmless: ReadonlySet<Trait['message']> = new Set(['type', 'target']);

/** What is worth comparing: where types are at odds nothing else could fit, and where ports are, their targets. */
function traitsOf(services: readonly Service[]): readonly Trait[] {
  const external = new Set(services.map((service) => serviceType(service) === 'ExternalName'));
  if (external.size > 1) return [{ ...type, message: 'external' }];
  const [first, ...rest] = new Set(services.map(portSet));
  const names = first === undefined || rest.length > 0 ? [] : services.slice(0, 1).flatMap(portNames);
  return [type, headless, ports, ...names.map(target)];
}

const type: Trait = {
  message: 'type',
  keyOf: serviceType,
  place: ({ spec }) => at(spec, 'type'),
  words: serviceType,
};

const headless: Trait = {
  message: 'headless',
  keyOf: (service) => `${isHeadless(service)}`,
  place: ({ spec }) => at(spec, 'clusterIP'),
  words: (service) => (isHeadless(service) ? 'headless' : 'not headless'),
};

const ports: Trait = {
  message: 'ports',
  keyOf: portSet,
  place(service, other) {
    const [port] = unlikePorts(service, other);
    if (port === undefined) return at(service.spec, 'ports', 'key');
    const twin = portNamed(other, port.name ?? '');
    return twin === undefined || twin.port === port.port ? at(port) : at(port, 'port');
  },
  words(service, other) {
    const unlike = unlikePorts(service, other);
    if (unlike.length > 0) return portWord(unlike) + unlike.map(showPort).join(', ');
    const missing = unlikePorts(other, service);
    return `no ${portWord(missing)}${missing.map(({ name, port }) => name ?? port).join(', ')}`;
  },
};

function portWord(ports: readonly unknown[]): string {
  return ports.length === 1 ? 'port ' : 'ports ';
}

/** Where a port leads; those that lead to a name have no say. */
function target(name: string): Trait {
  const numberIn = (service: Service): number | undefined => {
    const port = portNamed(service, name);
    return port && targetNumber(port);
  };
  return {
    message: 'target',
    keyOf: (service) => numberIn(service)?.toString(),
    place(service) {
      const port = portNamed(service, name);
      return port === undefined ? at(service.spec, 'ports') : at(port, 'targetPort');
    },
    words: (service) => `${name === '' ? 'its port' : `port ${name}`} to ${numberIn(service)}`,
  };
}
