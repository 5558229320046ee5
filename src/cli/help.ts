// The words of the help.
import { analyzeFlags, configFlag, debugFlag, ISTIOCTL, inputFlags } from './analyze-flags.ts';
import { clusterFlags, planFlags, severalFlags } from './cluster-flags.ts';
import { type Flag, orList } from './flags.ts';

export interface CommandHelp {
  readonly about: string;
  readonly after: string;
}

export const about = `Static analyzer for Istio configuration, sidecar and ambient.

Reads manifests or a cluster, builds the mesh that they describe, and tells precisely what is wrong, where, why it matters and what to do.`;

export const exitCodes = `
Exit codes (the same in every format):
  0  clean: nothing at or above --fail-on
  1  findings at or above --fail-on
  2  a bad flag or configuration
  3  incomplete: a path or (part of) a cluster could not be read, a document does not parse, a rule crashed

Examples:
  meshlint analyze ./manifests
  meshlint explain IST0101
`;

export const analyze: CommandHelp = {
  about: `Reads files, folders (to the bottom), globs and "-" (standard input), and reports what is wrong with the Istio configuration in them; without any of these, it reads the current cluster. Everything given is judged as one cluster, unless --cluster tells several apart: each is then judged by itself, with the paths that belong to all, and beside the others.`,
  after: `
Exit codes:
  0  clean: nothing at or above --fail-on
  1  findings at or above --fail-on
  2  a bad flag or configuration
  3  incomplete: a path or (part of) a cluster could not be read, a document does not parse, a rule crashed

Examples:
  meshlint analyze ./manifests                       a folder
  meshlint analyze "overlays/*/prod/*.yaml"          a glob
  meshlint analyze overlays --render require        kustomizations and charts must be rendered
  kustomize build overlays/prod | meshlint analyze --world closed -
                                                     all there is: what is not in it is missing
  meshlint analyze --cluster east=clusters/east --cluster west=clusters/west base
                                                     two clusters of one mesh; both have base
  meshlint analyze                                   the current cluster
  meshlint analyze --context prod -n shop            another one; the report is about one namespace of it
  meshlint analyze --contexts east,west              two clusters of one mesh
  meshlint analyze prod.snapshot.gz                  a cluster as meshlint snapshot has kept it
  meshlint analyze ./manifests --use-kube           files over the current cluster: what it will be
  meshlint analyze --staged                          what the next commit breaks, in its files and in others
  meshlint analyze --changed=origin/main             the same for all of a branch
  meshlint analyze . --crds crds.yaml                as the definitions of a cluster have it
  meshlint analyze . --format json --output-file report.json
  meshlint analyze . --format sarif=meshlint.sarif --format text
                                                     several formats at once
  meshlint analyze . --fail-on warning --disable IST0118
  meshlint analyze . -S "IST0101=VirtualService legacy/*"

"meshlint explain CODE" tells more about a finding; "meshlint world PATH" what was understood of the input.
`,
};

const OUTPUT = 'Output:';

function formatFlag(choices: readonly string[], about = ''): Flag {
  const help = `${orList(choices)}${about} (default: ${choices[0]})`;
  return { name: 'format', short: 'o', aliases: ['output'], value: 'FORMAT', choices, group: OUTPUT, help };
}

export const rules: CommandHelp = {
  about:
    'Lists every rule: its code, name, severity, and what it finds. Where the configuration gives a rule another severity, that one comes first; its plugins and checks are among them.',
  after: `
Examples:
  meshlint rules
  meshlint rules --format json
`,
};
export const rulesFlags: readonly Flag[] = [configFlag, formatFlag(['table', 'json'])];

export const explain: CommandHelp = {
  about: `Prints the page of a rule: what is wrong, why it matters, what to do, and when to ignore it. A code that several rules share prints the pages of all of them.

A kind, or a kind with the path of a field, prints what that is for: its type, limits and default, and the fields in it. Indexes may be left out; a group tells kinds of the same name apart.

Three words ask about the mesh in the paths that follow, and answer step by step, with the objects and lines that decide:
  waypoint KIND/NS/NAME           which waypoint stands before a Service or workload
  authz NS/WORKLOAD[:PORT]        which AuthorizationPolicies decide about requests to it, and who enforces them
  mtls --from NS/WORKLOAD --to NS/WORKLOAD[:PORT]
                                  whether the connection is encrypted, by what, or refused`,
  after: `
Examples:
  meshlint explain IST0101
  meshlint explain routing/missing-gateway
  meshlint explain VirtualService
  meshlint explain VirtualService.spec.http.retries.attempts
  meshlint explain Gateway.gateway.networking.k8s.io.spec.listeners
  meshlint explain waypoint Service/shop/cart ./manifests
  meshlint explain authz shop/cart-v1:8080 ./manifests
  meshlint explain mtls --from shop/front --to shop/cart-v1:8080 ./manifests
`,
};
const QUESTION = 'Questions about the mesh:';
export const explainFlags: readonly Flag[] = [
  { name: 'from', value: 'NS/WORKLOAD', group: QUESTION, help: 'who connects (mtls)' },
  {
    name: 'to',
    value: 'NS/WORKLOAD[:PORT]',
    group: QUESTION,
    help: 'to whom, and to which port of its containers (mtls)',
  },
  ...inputFlags,
  debugFlag,
  formatFlag(['text', 'json'], ', for questions about the mesh'),
  { name: 'color', group: OUTPUT, help: 'colours on or off (--no-color; default: on a terminal)' },
];

export const describe: CommandHelp = {
  about: `Tells all that applies to one workload, Pod, Service or namespace, and where it stands: whether it is in the mesh and how, its ports and protocols, Services, routes, DestinationRules and subsets, mutual TLS, policies and who enforces them, gateways that expose it, its waypoint, and the findings about any of these.`,
  after: `
Examples:
  meshlint describe Service/shop/cart ./manifests
  meshlint describe deploy/shop/cart-v1 ./manifests
  meshlint describe Namespace/shop ./manifests --format json
`,
};
export const describeFlags: readonly Flag[] = [...inputFlags, debugFlag, formatFlag(['text', 'json'])];

export const init: CommandHelp = {
  about: `Looks at this folder, or at the paths given, and writes a meshlint.yaml that fits: where Istio configuration is, which release it is for, and what else may be said, as comments.`,
  after: `
Examples:
  meshlint init
  meshlint init --print
  meshlint init --istio-version 1.30
`,
};
export const initFlags: readonly Flag[] = [
  { name: 'force', group: OUTPUT, help: 'write meshlint.yaml though there is a configuration' },
  { name: 'print', group: OUTPUT, help: 'show what would be written, and write nothing' },
  ...inputFlags.filter(({ name }) => name === 'exclude' || name === 'istio-version'),
  debugFlag,
];

export const baseline: CommandHelp = {
  about: `Writes the findings that are there into a file (meshlint-baseline.json, or the one that --baseline or the configuration names). With it, \`meshlint analyze --baseline FILE\` shows and counts only what is new. Run again, it brings the file up to date: new findings come in, those that are fixed go out, and what this run did not judge stays.`,
  after: `
Examples:
  meshlint baseline ./manifests
  meshlint analyze ./manifests --baseline meshlint-baseline.json
  meshlint baseline --prune ./manifests              only take out what is fixed
`,
};
const forBaseline: ReadonlySet<string> = new Set([
  ...severalFlags.map(({ name }) => name),
  'cluster',
  'rule',
  'enable',
  'disable',
  'suppress',
  'baseline',
]);
export const baselineFlags: readonly Flag[] = [
  { name: 'prune', group: OUTPUT, help: 'take out what is fixed, and let nothing new in' },
  ...analyzeFlags.filter((flag) => inputFlags.includes(flag) || forBaseline.has(flag.name)),
  debugFlag,
];

export const config: CommandHelp = {
  about: `Prints the configuration that holds here: what the configuration file says, what it extends, what is so by default, and what flags of \`meshlint analyze\` would change; and behind each value, where it comes from.`,
  after: `
Examples:
  meshlint config
  meshlint config --format json
  meshlint config --config ci.yaml --fail-on warning
`,
};
export const configFlags: readonly Flag[] = [
  ...analyzeFlags.filter(({ name }) => name !== 'format'),
  formatFlag(['yaml', 'json']),
];

export const graph: CommandHelp = {
  about: `Draws the references between resources: which VirtualService binds to which Gateway and routes to which Service, which policy covers which workload, and so on. An arrow says whether its end was found, is absent, or could not be settled.`,
  after: `
Examples:
  meshlint graph ./manifests > mesh.mmd
  meshlint graph ./manifests --format dot | dot -Tsvg > mesh.svg
  meshlint graph ./manifests --from VirtualService/shop/cart
`,
};
export const graphFlags: readonly Flag[] = [
  ...inputFlags,
  debugFlag,
  formatFlag(['mermaid', 'dot', 'json']),
  { name: 'from', value: 'KIND/NS/NAME', group: OUTPUT, help: 'only the neighbourhood of this resource' },
  { name: 'depth', value: 'STEPS', group: OUTPUT, help: 'how far the neighbourhood reaches (default: 2)' },
];

export const ui: CommandHelp = {
  about: `Browses findings on the terminal, by resource, code or file: the source with the place marked, the page of the rule, and what names what around it. Suppresses with a comment, and checks again. The keys are shown below, "?" tells all of them.`,
  after: `
Examples:
  meshlint ui ./manifests
  meshlint ui . --rule IST0101
`,
};
export const diffImpact: CommandHelp = {
  about: `Tells what files would do to a cluster, before they are applied: which findings are new with them, which are gone, and how many stay as they are. The files are laid over the cluster: each manifest stands in for the live copy of the same kind, namespace and name, whatever their versions, and all the rest is as it is in the cluster.`,
  after: `
Exit codes:
  0  nothing new at or above --fail-on
  1  new findings at or above --fail-on
  2  a bad flag or configuration
  3  incomplete: not all of the cluster or of the files could be read or judged

Examples:
  meshlint diff-impact ./manifests
  kustomize build overlays/prod | meshlint diff-impact - --context prod
  meshlint diff-impact ./manifests --deleted VirtualService/shop/cart
  meshlint diff-impact ./manifests --format json --fail-on warning
  meshlint diff-impact ./manifests prod.snapshot     over a cluster as meshlint snapshot kept it
  meshlint analyze ./manifests --use-kube --changed-only
                                                     the new findings as a report, in any format
`,
};
const forImpact: ReadonlySet<string> = new Set([
  'all-namespaces',
  'rule',
  'enable',
  'disable',
  'suppress',
  'fail-on',
  'verbose',
  'quiet',
  'color',
]);
export const diffImpactFlags: readonly Flag[] = [
  {
    name: 'deleted',
    value: 'WHAT',
    group: 'What is removed:',
    help: 'KIND/NAMESPACE/NAME of an object that the change takes away, a file with one of them a line, or "-" for standard input (repeatable)',
  },
  ...inputFlags.filter(({ name }) => !['offline', 'use-kube', 'world'].includes(name)),
  ...analyzeFlags.filter(({ name }) => forImpact.has(name)),
  debugFlag,
  formatFlag(['text', 'json']),
];

const withoutScreen = [
  'format',
  'output-file',
  'verbose',
  'quiet',
  'watch',
  'interactive',
  'cluster',
  ...severalFlags.map(({ name }) => name),
  'changed',
  'staged',
  'only-files',
  'fix',
  'fix-unsafe',
  'fix-dry-run',
];
export const uiFlags: readonly Flag[] = analyzeFlags.filter(
  ({ name, group }) => !withoutScreen.includes(name) && group !== ISTIOCTL,
);

export const rbac: CommandHelp = {
  about: `Prints the least that whoever reads a cluster must be allowed, as roles for kubectl: what is listed everywhere, the mesh configuration in the namespace of Istio, and the certificates that gateways name. It comes from the list that reading goes by.`,
  after: `
Examples:
  meshlint rbac | kubectl apply -f -
  meshlint rbac --namespace shop                     for who may read one namespace
  meshlint rbac --secrets off
`,
};
export const rbacFlags: readonly Flag[] = [
  {
    name: 'namespace',
    short: 'n',
    value: 'NAMESPACE',
    group: OUTPUT,
    help: 'roles for this namespace alone (repeatable)',
  },
  { name: 'watch', short: 'w', group: OUTPUT, help: 'also what following a cluster needs' },
  {
    name: 'discover-remotes',
    group: OUTPUT,
    help: 'also what finding the clusters takes that the control plane reads: all Secrets in the namespace of Istio',
  },
  ...planFlags.map((flag) => ({ ...flag, group: OUTPUT })),
  configFlag,
  debugFlag,
];

export const snapshot: CommandHelp = {
  about: `Reads a cluster as \`meshlint analyze\` does, and keeps what was read in a file. Any command takes the file in the place of paths, and gives the same report as the cluster gave; with other paths beside it, these are laid over the cluster. Data of Secrets is never in it, but for certificates without their keys.`,
  after: `
Exit codes:
  0  all of it was read
  2  a bad flag or configuration
  3  something could not be read: it is unknown to reports, too

Examples:
  meshlint snapshot --output-file prod.snapshot.gz
  meshlint snapshot --context prod --redact --output-file prod.snapshot.gz
  meshlint snapshot --contexts east,west --output-file mesh.snapshot.gz
  meshlint analyze prod.snapshot.gz
  meshlint describe Service/shop/cart prod.snapshot.gz
`,
};
export const snapshotFlags: readonly Flag[] = [
  {
    name: 'output-file',
    value: 'FILE',
    group: OUTPUT,
    help: 'where to write it; compressed when the name ends in .gz',
  },
  {
    name: 'redact',
    group: OUTPUT,
    help: 'leave out the address of the server, and mask values of environment variables and annotations that Istio does not read',
  },
  { name: 'quiet', short: 'q', group: OUTPUT, help: 'show no progress' },
  {
    name: 'namespace',
    short: 'n',
    value: 'NAMESPACE',
    group: OUTPUT,
    help: 'where to read what may not be read in all namespaces (default: that of the context)',
  },
  configFlag,
  ...clusterFlags.filter(({ name }) => name !== 'use-kube'),
  ...severalFlags,
  debugFlag,
];

export const completion: CommandHelp = {
  about: `Prints a script that lets your shell complete commands, flags and their values, codes, names of rules, and names of resources in the input.`,
  after: `
Set it up once:
  bash   echo 'source <(meshlint completion bash)' >> ~/.bashrc
  zsh    echo 'source <(meshlint completion zsh)' >> ~/.zshrc      (after compinit)
  fish   meshlint completion fish > ~/.config/fish/completions/meshlint.fish
`,
};

export const world: CommandHelp = {
  about: `Tells what was understood of the input: its namespaces and what is complete in them, manifests that name no namespace, alternatives that are not judged against each other, kustomizations, files that could not be judged, and references that could be neither found nor called missing.`,
  after: `
Examples:
  meshlint world ./manifests
  meshlint world ./manifests --format json
`,
};
export const worldFlags: readonly Flag[] = [...inputFlags, debugFlag, formatFlag(['text', 'json'])];
