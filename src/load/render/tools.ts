// Which tools are there.
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { runTool } from './run-tool.ts';

export interface Tool {
  readonly name: 'kustomize' | 'kubectl' | 'helm';
  /** Its whole path. */
  readonly program: string;
  /** Arguments that come before all others. */
  readonly first: readonly string[];
  /** How it tells its version. */
  readonly askVersion: readonly string[];
}

const kustomizeTools = [
  { name: 'kustomize', first: ['build'], askVersion: ['version'] },
  { name: 'kubectl', first: ['kustomize'], askVersion: ['version', '--client'] },
] as const;
const helmTools = [{ name: 'helm', first: ['template'], askVersion: ['version', '--short'] }] as const;

/** What builds kustomizations here, if anything does. */
export function findKustomize(environment: NodeJS.ProcessEnv): Tool | undefined {
  return findTool(kustomizeTools, environment);
}

export function findHelm(environment: NodeJS.ProcessEnv): Tool | undefined {
  return findTool(helmTools, environment);
}

function findTool(tools: readonly Omit<Tool, 'program'>[], environment: NodeJS.ProcessEnv): Tool | undefined {
  for (const tool of tools) {
    const program = findProgram(tool.name, environment);
    if (program !== undefined) return { ...tool, program };
  }
  return undefined;
}

/** Looked for in whole paths only: what stands in the folder that is analyzed is no tool. */
export function findProgram(
  name: string,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  for (const folder of (environment.PATH ?? environment.Path ?? '').split(delimiter)) {
    const path = join(folder, file);
    if (isAbsolute(folder) && isProgram(path)) return path;
  }
  return undefined;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** `5.6.0`, as far as the tool tells. */
export async function versionOf(tool: Tool, cwd: string, timeout: number): Promise<string | undefined> {
  const answer = await runTool({ program: tool.program, args: tool.askVersion, cwd, timeout });
  if (!answer.ok) return undefined;
  return /\bv?([0-9]+\.[0-9]+[\w.+-]*)/.exec(answer.output)?.[1];
}
