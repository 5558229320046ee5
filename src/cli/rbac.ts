// `meshlint rbac`: what a reader of clusters must be allowed.
import { beyondNamespaces, type Role, rolesFor } from '../load/cluster/permissions.ts';
import { defaultMesh } from '../model/mesh.ts';
import { applySettings } from './configured.ts';
import { choice, type Given, isOn, last, list } from './flags.ts';
import { print } from './terminal.ts';
import { yamlText } from './yaml-text.ts';

/** Prints the roles, as `kubectl apply -f -` takes them. */
export async function rbac(written: Given): Promise<number> {
  const { given } = await applySettings(written);
  const request = {
    namespaces: [...new Set(list(written, 'namespace'))],
    istioNamespace: last(given, 'istio-namespace') ?? defaultMesh.rootNamespace,
    secrets: choice(given, 'secrets', ['referenced', 'off']) ?? 'referenced',
    watch: isOn(given, 'watch') ?? false,
    remotes: isOn(given, 'discover-remotes') ?? false,
  };
  const remark =
    request.namespaces.length === 0
      ? []
      : [
          `These stand in no namespace, and stay unknown without a ClusterRole: ${beyondNamespaces(request).join(', ')}.`,
        ];
  const roles = rolesFor(request).map(manifest);
  print([...remark.map(comment), roles.join('---\n')]);
  return 0;
}

function manifest({ kind, name, namespace, about, rules }: Role): string {
  return [
    comment(about),
    'apiVersion: rbac.authorization.k8s.io/v1\n',
    `kind: ${kind}\n`,
    `metadata:\n  name: ${name}\n`,
    ...(namespace === undefined ? [] : [`  namespace: ${yamlText(namespace)}\n`]),
    'rules:\n',
    ...rules.map(({ group, resources, verbs }) =>
      [
        `- apiGroups: [${group === '' ? '""' : group}]\n`,
        '  resources:\n',
        ...resources.map((resource) => `  - ${resource}\n`),
        `  verbs: [${verbs.join(', ')}]\n`,
      ].join(''),
    ),
  ].join('');
}

/** Lines of YAML's comments, no wider than a terminal. */
function comment(text: string): string {
  const lines = text.split('\n').flatMap((line) => line.match(/\S.{0,108}(?=\s|$)/g) ?? []);
  return lines.map((line) => `# ${line.trim()}\n`).join('');
}
