// Label and field selectors.
import { asText, at, type KubernetesObject, Refusal } from './objects.ts';
import { groupVersionOf, type ResourceType } from './resource-types.ts';

export type Matcher = (object: KubernetesObject) => boolean;

/**
 * Fields that selectors may name, beside metadata.name and metadata.namespace: each built-in resource has its own
 * list in the API server, custom resources have none but those of their definition (`selectableFields`).
 */
const selectable: Readonly<Record<string, readonly string[]>> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  secrets: ['type'],
  namespaces: ['status.phase'],
  services: ['spec.clusterIP', 'spec.type'],
  nodes: ['spec.unschedulable'],
  replicasets: ['status.replicas'],
  replicationcontrollers: ['status.replicas'],
  jobs: ['status.successful'],
  events: ['involvedObject.kind', 'involvedObject.name', 'involvedObject.namespace', 'reason', 'type'],
};

/** Reads a label selector; refuses with 400 what is none. */
export function labelMatcher(selector: string): Matcher {
  const tests = splitRequirements(selector).map(labelTest);
  return ({ metadata }) => tests.every((test) => test(metadata.labels ?? {}));
}

function labelTest(requirement: string): (labels: Readonly<Record<string, string>>) => boolean {
  const [, setKey = '', how, list = ''] = /^(\S+)\s+(in|notin)\s+\((.*)\)$/.exec(requirement) ?? [];
  if (how !== undefined) {
    const values = list.split(',').map((value) => value.trim());
    const isIn = (labels: Readonly<Record<string, string>>): boolean => {
      const value = labels[setKey];
      return value !== undefined && values.includes(value);
    };
    return how === 'in' ? isIn : (labels) => !isIn(labels);
  }
  const [, key = '', operator, value = ''] = /^([^!=\s]+)\s*(!=|==?)\s*(\S*)$/.exec(requirement) ?? [];
  if (operator !== undefined) return (labels) => (labels[key] === value) === (operator !== '!=');
  if (!/^!?[\w./-]+$/.test(requirement))
    throw new Refusal(400, `unable to parse requirement: ${requirement}`);
  return requirement.startsWith('!')
    ? (labels) => labels[requirement.slice(1)] === undefined
    : (labels) => labels[requirement] !== undefined;
}

/** Reads a field selector; refuses with 400 what is none, and fields that the resource has no index for. */
export function fieldMatcher(selector: string, type: ResourceType): Matcher {
  const tests = splitRequirements(selector).map((requirement) => {
    const [, path, operator, value = ''] = /^([^!=]+?)(!=|==?)(.*)$/.exec(requirement) ?? [];
    if (path === undefined) throw new Refusal(400, `invalid selector: '${requirement}'`);
    const fields = type.custom ? [] : (selectable[type.plural] ?? []);
    if (path !== 'metadata.name' && path !== 'metadata.namespace' && !fields.includes(path)) {
      const where = `"${groupVersionOf(type)}, Resource=${type.plural}"`;
      throw new Refusal(
        400,
        `Unable to find ${where} that match label selector "", field selector "${selector}": field label not supported: ${path}`,
      );
    }
    const steps = path.split('.');
    return (object: KubernetesObject) => (asText(at(object, ...steps)) === value) === (operator !== '!=');
  });
  return (object) => tests.every((test) => test(object));
}

/** The one object that a field selector names, if it does: authorization counts it as the request's name. */
export function selectedName(selector: string): string | undefined {
  return /(?:^|,)metadata\.name==?([^,]+)/.exec(selector)?.[1];
}

/** Splits at commas outside parentheses. */
function splitRequirements(selector: string): readonly string[] {
  return selector
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
