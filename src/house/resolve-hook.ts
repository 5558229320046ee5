import { register } from 'node:module';

/** Where the library's own modules are, as `file:` addresses. */
export interface Library {
  readonly sdk: string;
  readonly testing: string;
}

/** Stands before the name of a package, and asks for it as the folder behind the `?` would. */
const FROM = 'meshlint-from:';

/** The address of a package as somebody in that folder imports it; the hook reads it. */
export function packageAddress(name: string, folderUrl: string): string {
  return `${FROM}${name}?${folderUrl}`;
}

/**
 * Makes Node find packages as the folder of a configuration file would, with import conditions and all, and meshlint's
 * own modules where nobody installed them beside a plugin: for those who run `npx meshlint` or the container.
 */
export function registerHook(library: Library): void {
  const own = { 'meshlint/sdk': library.sdk, 'meshlint/testing': library.testing };
  const code = `
const own = ${JSON.stringify(own)};
export async function resolve(specifier, context, next) {
  if (specifier.startsWith(${JSON.stringify(FROM)})) {
    const [name, parentURL] = specifier.slice(${FROM.length}).split(/\\?(.*)/s);
    return next(name, { ...context, parentURL });
  }
  try {
    return await next(specifier, context);
  } catch (error) {
    if (Object.hasOwn(own, specifier)) return { url: own[specifier], shortCircuit: true };
    throw error;
  }
}`;
  register(`data:text/javascript,${encodeURIComponent(code)}`);
}
