// Where input comes from: files, folders, globs and standard input, to manifests with their places.
export { load } from './load.ts';
export {
  type InputScope,
  type Loaded,
  type LoadRequest,
  reasonInWords,
} from './loaded.ts';
export type { RenderRequest } from './render/request.ts';
export { createPathTest, createScope } from './scope.ts';
export { readTexts } from './texts.ts';
