// YAML and JSON text to documents, values and places. The only room that knows the `yaml` package.
export type { Path, TextDocument } from './document.ts';
export { readDocuments, readFastValue } from './documents.ts';
export { createLocator, type Locator } from './locate.ts';
export { resolvePlain } from './scalars.ts';
export { createSource, type RenderedFrom, type Rendering, type Source } from './source.ts';
