// Where input comes from: files, folders, globs and standard input, to manifests with their places.
export { load } from './load.ts';
export {
  type InputFailure,
  type Loaded,
  type LoadRequest,
  type LoadStats,
  reasonInWords,
  type Skipped,
  type SkipReason,
} from './loaded.ts';
export { readTexts } from './texts.ts';
