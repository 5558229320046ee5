// Loads what `plugins` names: packages and files with rules that people wrote for themselves.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { settingError } from '../config/read-settings.ts';
import type { SettingsLayer } from '../config/settings.ts';
import type { Plugin } from '../sdk/plugin.ts';
import { type Trouble, troubleWith } from './judge-plugin.ts';
import { type Library, packageAddress, registerHook } from './resolve-hook.ts';

/** A plugin and where it was named. */
export interface LoadedPlugin {
  readonly plugin: Plugin;
  /** As the configuration has it: `./house/plugin.mjs`, `meshlint-plugin-acme`. */
  readonly name: string;
  readonly layer: SettingsLayer;
  readonly path: readonly (string | number)[];
}

/** Loads all plugins, in the order of their names in the configuration. Throws ConfigError for one that cannot be used. */
export async function loadPlugins(
  layers: readonly SettingsLayer[],
  library: Library,
): Promise<readonly LoadedPlugin[]> {
  const loaded: LoadedPlugin[] = [];
  const importer = createImporter(library);
  for (const layer of layers) {
    for (const [i, name] of (layer.settings.plugins ?? []).entries()) {
      const path = ['plugins', i];
      const { trouble, plugin } = await loadPlugin(name, layer.folder ?? '.', importer);
      if (trouble !== undefined) {
        throw await settingError(layer, path, `The plugin ${name} ${trouble.what}`, trouble.help);
      }
      // Two files that a configuration extends may extend a third, or name the same plugin.
      if (loaded.every((other) => other.plugin !== plugin)) loaded.push({ plugin, name, layer, path });
    }
  }
  return loaded;
}

type Outcome =
  | { readonly plugin: Plugin; readonly trouble?: never }
  | { readonly plugin?: never; readonly trouble: Trouble };

async function loadPlugin(name: string, folder: string, importer: Importer): Promise<Outcome> {
  const file = isPath(name) ? resolve(folder, name) : undefined;
  const trouble = file === undefined ? undefined : troubleWithFile(file);
  if (trouble !== undefined) return { trouble };
  let module: object;
  try {
    module = await (file === undefined ? importer.package(name, folder) : importer.file(file));
  } catch (error) {
    return { trouble: troubleLoading(error, name, file) };
  }
  const plugin: unknown = 'default' in module ? module.default : undefined;
  const wrong = troubleWith(plugin);
  // The border where what an author wrote, perhaps without types, was looked at piece by piece.
  return wrong === undefined ? { plugin: plugin as Plugin } : { trouble: wrong };
}

function isPath(name: string): boolean {
  return /^\.{1,2}[/\\]/.test(name) || isAbsolute(name);
}

const TYPESCRIPT = /^\.[cm]?ts$/;

function troubleWithFile(file: string): Trouble | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) {
    return { what: 'is not there.', help: 'A path is relative to the configuration file.' };
  }
  if (found.isDirectory()) {
    return { what: 'is a folder.', help: 'Name the file in it that exports the plugin.' };
  }
  // Node says so itself from 22.18 on; the types of 20 do not know the field.
  const readsTypes = Boolean(Reflect.get(process.features, 'typescript'));
  if (!TYPESCRIPT.test(extname(file)) || readsTypes) return undefined;
  return {
    what: `is TypeScript, which this Node (${process.version}) does not read.`,
    help: 'Use Node 22.18 or later, or compile it and name the .js or .mjs file.',
  };
}

function troubleLoading(error: unknown, name: string, file: string | undefined): Trouble {
  const message = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (file === undefined && code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${name}'`)) {
    return {
      what: 'is not installed.',
      help: `Install it where the configuration file is (npm install --save-dev ${name}), or name a file as ./${name}.`,
    };
  }
  const place = error instanceof Error ? (placeOf(error) ?? placeInSyntax(error, file)) : undefined;
  return {
    what: `cannot be loaded: ${withoutEnd(message)}${place === undefined ? '' : ` (${place})`}.`,
    help: 'Mend the plugin, or take it out of the configuration.',
  };
}

/** Where an error in somebody's module was thrown: the first line of its stack with a file. */
function placeOf({ stack = '' }: Error): string | undefined {
  return /(?:^|[( ])(file:\/\/[^\s()]+:\d+)/m.exec(stack)?.[1]?.replace('file://', '');
}

/** Node keeps the place of a syntax error to itself; asked to check the file, it prints it first. */
function placeInSyntax(error: Error, file: string | undefined): string | undefined {
  if (file === undefined || error.name !== 'SyntaxError') return undefined;
  const { stderr } = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8' });
  return /^(?:file:\/\/)?(\/.*:\d+)$/m.exec(stderr)?.[1];
}

function withoutEnd(text: string): string {
  return text.replace(/[.\s]+$/, '');
}

interface Importer {
  package(name: string, folder: string): Promise<object>;
  file(path: string): Promise<object>;
}

function createImporter(library: Library): Importer {
  const importModule: (url: string) => Promise<object> = createRequire(import.meta.url)(
    './import-module.cjs',
  );
  let isRegistered = false;
  function withHook(): void {
    if (!isRegistered) registerHook(library);
    isRegistered = true;
  }
  return {
    async package(name, folder) {
      withHook();
      return importModule(packageAddress(name, pathToFileURL(join(folder, '-')).href));
    },
    async file(path) {
      // Starting the hook costs a plain run more than everything else about a plugin.
      if (!findsMeshlint(path)) withHook();
      return importModule(pathToFileURL(path).href);
    },
  };
}

function findsMeshlint(path: string): boolean {
  try {
    createRequire(path).resolve('meshlint/sdk');
    return true;
  } catch {
    return false;
  }
}
