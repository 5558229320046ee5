// Every command that the documentation shows is run, and prints what the page says.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gitEnvironment } from './cli/repository.ts';
import { type ApiServer, startApiServer } from './support/api-server/start.ts';
import { healthyObjects } from './support/healthy-mesh.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((path) =>
  path.endsWith('.md'),
);

const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: parcels.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { kind: Parcel, plural: parcels }
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }]
`;

let folder = '';
let server: ApiServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'meshlint-'));
  cpSync(join(root, 'examples'), join(folder, 'examples'), { recursive: true });
  // What pages call the reader's own files.
  writeFileSync(join(folder, 'crds.yaml'), definition);
  for (const name of ['manifests', 'k8s', 'base', 'clusters/east', 'clusters/west'])
    cpSync(join(root, 'examples/healthy'), join(folder, name), { recursive: true });
  const command = join(folder, 'bin/meshlint');
  mkdirSync(dirname(command));
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${root}dist/cli.js" "$@"\n`);
  chmodSync(command, 0o755);
  // A clone, for pages that speak of changes.
  const clone =
    'git init -q -b main && git add . && git commit -q -m all && git update-ref refs/remotes/origin/main HEAD && git symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/main';
  const { status, stderr } = spawnSync('sh', ['-c', clone], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...gitEnvironment, HOME: folder },
  });
  if (status !== 0) throw new Error(stderr);
  // The reader's clusters: the current one, and those that pages call by name.
  const objects = healthyObjects();
  const clusters = ['prod', 'staging', 'east', 'west'];
  server = await startApiServer({
    clusters: Object.fromEntries(clusters.map((name) => [name, { objects }])),
  });
  mkdirSync(join(folder, '.kube'));
  for (const path of ['.kube/config', 'prod.kubeconfig'])
    cpSync(server.kubeconfig({ clusters }), join(folder, path));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function shell(line: string): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line], {
    cwd: folder,
    encoding: 'utf8',
    input: '',
    env: { HOME: folder, PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}` },
  });
  return { status, output: stdout + stderr };
}

/** The blocks of one language on a page. */
function blocks(page: string, language: string): readonly string[] {
  const text = readFileSync(join(root, page), 'utf8');
  const found = text.matchAll(new RegExp(`^( *)\`\`\`${language}\\n(.*?)^\\1\`\`\`$`, 'gms'));
  return [...found].map(([, , block = '']) => block);
}

/** `$ command`, and what it prints; `…` stands for the rest of a line, or for any lines. */
function sessions(
  page: string,
): readonly { line: string; code: number | undefined; output: readonly string[] }[] {
  return blocks(page, 'console').flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const [first = '', ...output] = part.trimEnd().split('\n');
        const [, line = '', code] = /^(.*?)(?:\s+# exits with (\d))?$/.exec(first) ?? [];
        return { line, code: code === undefined ? undefined : Number(code), output };
      }),
  );
}

function pattern(output: readonly string[]): RegExp {
  const lines = output.map((line) =>
    line === '…' ? '(?:.*\\n)*?' : `${line.split('…').map(escapeText).join('.*')}\\s*\\n`,
  );
  return new RegExp(`^${lines.join('')}$`);
}

function escapeText(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** Lines for the shell; what comes before a pipe, and other tools, are the reader's. */
function given(page: string): readonly string[] {
  return blocks(page, '(?:sh|bash|shell)').flatMap((block) =>
    [...block.replaceAll('\\\n', ' ').matchAll(/(?:^|\| *)(meshlint [^|\n]*)/gm)].map(([, line = '']) =>
      line.trim(),
    ),
  );
}

test.each(pages.flatMap((page) => sessions(page).map((session) => ({ page, ...session }))))(
  '$page prints what it shows of: $line',
  ({ line, code, output }) => {
    const result = shell(line);
    if (code === undefined) expect([0, 1], result.output).toContain(result.status);
    else expect(result.status, result.output).toBe(code);
    if (output.length > 0) expect(result.output).toMatch(pattern(output));
  },
);

test.each(pages.flatMap((page) => given(page).map((line) => [page, line] as const)))(
  '%s names what there is: %s',
  (_, line) => {
    const result = shell(line);
    expect([0, 1], result.output).toContain(result.status);
  },
);

test('pages link to what is there', () => {
  const broken = pages.flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8').replace(/```.*?```/gs, '');
    return [...text.matchAll(/\]\((?!https?:)([^)#\s]+)/g)]
      .map(([, target = '']) => join(root, dirname(page), target))
      .filter((path) => {
        try {
          readdirSync(dirname(path));
          return !readdirSync(dirname(path)).includes(
            path.slice(dirname(path).length + 1).replace(/\/$/, ''),
          );
        } catch {
          return true;
        }
      })
      .map((path) => `${page} → ${path.slice(root.length)}`);
  });
  expect(broken).toEqual([]);
});
