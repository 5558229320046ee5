import { clusterFlags, severalFlags } from './cluster-flags.ts';
import type { Flag } from './flags.ts';

const INPUT = 'What is read:';
const WORLD = 'What the input stands for:';
const RULES = 'What is judged:';
const CHANGE = 'Only what a change is answerable for:';
const OUTPUT = 'What is shown:';
const FIX = 'What is repaired (docs/fixing.md):';
export const ISTIOCTL = 'Accepted for istioctl analyze:';

export const configFlag: Flag = {
  name: 'config',
  value: 'FILE',
  negatable: true,
  group: INPUT,
  help: 'configuration to use (--no-config: none; default: the nearest meshlint.yaml, from here up to the root of the repository)',
};

/** Flags of every command that reads input. */
export const inputFlags: readonly Flag[] = [
  {
    name: 'exclude',
    value: 'GLOB',
    group: INPUT,
    help: 'leave out paths or base names that match (repeatable)',
  },
  {
    name: 'ignore-unknown',
    group: INPUT,
    help: 'let what does not parse or is no manifest pass as skipped',
  },
  configFlag,
  {
    name: 'render',
    value: 'WHEN',
    choices: ['auto', 'never', 'require'],
    group: INPUT,
    help: 'kustomizations and Helm charts are rendered and judged by what comes out. auto: where kustomize, kubectl or helm is there; require: fail where it is not; never: read their files as they are (default: auto; require where files are laid over a cluster)',
  },
  {
    name: 'render-timeout',
    value: 'DURATION',
    group: INPUT,
    help: 'how long one rendering may take, as 90s or 2m (default: 60s)',
  },
  {
    name: 'offline',
    group: INPUT,
    help: 'read files only, no cluster (so it is whenever paths are given)',
  },
  {
    name: 'world',
    value: 'WORLD',
    choices: ['auto', 'closed', 'open'],
    group: WORLD,
    help: 'auto: absence is concluded where the input gives evidence; closed: the input is all there is; open: nothing is ever missing (default: auto)',
  },
  {
    name: 'namespace',
    short: 'n',
    value: 'NAMESPACE',
    group: WORLD,
    help: 'where manifests without a namespace stand; the report is about this namespace',
  },
  {
    name: 'mesh-config',
    aliases: ['meshConfigFile'],
    value: 'FILE',
    group: WORLD,
    help: 'MeshConfig, or the istio ConfigMap that holds it',
  },
  { name: 'mesh-networks', value: 'FILE', group: WORLD, help: 'MeshNetworks' },
  {
    name: 'crds',
    value: 'PATH',
    group: WORLD,
    help: 'CustomResourceDefinitions to check resources against, instead of the built-in schemas of their kinds; file or folder (repeatable)',
  },
  {
    name: 'istio-version',
    value: 'VERSION',
    group: WORLD,
    help: 'release that the configuration is for, as 1.28',
  },
  {
    name: 'upgrade-to',
    value: 'VERSION',
    group: WORLD,
    help: 'tell what an upgrade to this release changes for the configuration, as 1.30',
  },
  {
    name: 'root-namespace',
    value: 'NAMESPACE',
    group: WORLD,
    help: 'where mesh-wide resources live (default: istio-system)',
  },
  {
    name: 'cluster-domain',
    value: 'DOMAIN',
    group: WORLD,
    help: 'DNS domain of the cluster (default: cluster.local)',
  },
  {
    name: 'trust-domain',
    value: 'DOMAIN',
    group: WORLD,
    help: 'trust domain of the mesh (default: cluster.local)',
  },
  ...clusterFlags,
];

export const debugFlag: Flag = {
  name: 'debug',
  group: OUTPUT,
  help: 'print the stack trace of an internal error',
};

/** Flags of `meshlint analyze`. */
export const analyzeFlags: readonly Flag[] = [
  ...inputFlags,
  ...severalFlags,
  {
    name: 'cluster',
    value: 'NAME=PATH',
    group: INPUT,
    help: 'what belongs to this cluster of the mesh (repeatable, also with the same name); other paths belong to every cluster',
  },
  {
    name: 'changed',
    value: 'REF',
    optional: true,
    group: CHANGE,
    help: "report what the working tree changes against the last commit in common with REF, and what that breaks elsewhere (default: the remote's default branch, else HEAD); everything is loaded",
  },
  {
    name: 'staged',
    group: CHANGE,
    help: 'the same for what is committed next: files as they are staged, compared with HEAD',
  },
  {
    name: 'only-files',
    group: CHANGE,
    help: 'with --changed or --staged: paths say which files are reported, not what is loaded (for hooks that hand over names)',
  },
  {
    name: 'changed-only',
    group: CHANGE,
    help: 'with --use-kube: report only what the files cause that are laid over the cluster',
  },
  {
    name: 'all-namespaces',
    short: 'A',
    group: WORLD,
    help: 'report on all namespaces, also with -n (the default without it)',
  },
  {
    name: 'rule',
    aliases: ['analyzer'],
    value: 'NAME|CODE',
    group: RULES,
    help: 'run only these rules (repeatable, or with commas)',
  },
  { name: 'enable', value: 'CODE,…', group: RULES, help: 'switch on rules that are off by default' },
  { name: 'disable', value: 'CODE,…', group: RULES, help: 'switch rules off' },
  {
    name: 'suppress',
    short: 'S',
    value: 'CODE=RESOURCE',
    group: RULES,
    help: 'silence findings of a code or rule, as "IST0101=VirtualService shop/*" (repeatable)',
  },
  {
    name: 'baseline',
    value: 'FILE',
    group: RULES,
    help: 'findings that are known in this file are neither shown nor counted; meshlint baseline writes it',
  },
  {
    name: 'fail-on',
    aliases: ['failure-threshold'],
    value: 'LEVEL',
    choices: ['error', 'warning', 'info', 'never'],
    group: RULES,
    help: 'exit 1 at findings of this level or above: error, warning, info or never (default: error)',
  },
  { name: 'fix', group: FIX, help: 'repair in the files what is certain' },
  {
    name: 'fix-unsafe',
    group: FIX,
    help: 'repair also what is likely meant, to be looked at afterwards',
  },
  {
    name: 'fix-dry-run',
    group: FIX,
    help: 'print what --fix (with --fix-unsafe: what that) would change, as a patch, and write nothing',
  },
  {
    name: 'show',
    aliases: ['output-threshold'],
    value: 'LEVEL',
    choices: ['error', 'warning', 'info'],
    group: OUTPUT,
    help: 'show findings of this level or above: error, warning or info (default: info)',
  },
  {
    name: 'format',
    short: 'o',
    aliases: ['output'],
    value: 'FORMAT[=FILE]',
    group: OUTPUT,
    help: 'text, compact (one line each), json, yaml, sarif, junit, github, gitlab, checkstyle or markdown; with =FILE the report goes there (repeatable; default: text)',
  },
  {
    name: 'output-file',
    value: 'FILE',
    group: OUTPUT,
    help: 'write the report there; only a summary is printed (one --format only)',
  },
  { name: 'watch', short: 'w', group: OUTPUT, help: 'stay, and analyze again whenever something changes' },
  { name: 'interactive', short: 'i', group: OUTPUT, help: 'browse the findings, as meshlint ui does' },
  { name: 'verbose', short: 'v', group: OUTPUT, help: 'name everything that is otherwise counted' },
  { name: 'quiet', short: 'q', group: OUTPUT, help: 'findings only' },
  { name: 'color', group: OUTPUT, help: 'colours on or off (--no-color; default: on a terminal)' },
  debugFlag,
  { name: 'list-analyzers', short: 'L', group: ISTIOCTL, help: 'list the rules, as meshlint rules does' },
  { name: 'recursive', short: 'R', group: ISTIOCTL, help: 'folders are always read to the bottom' },
];
