/** From fixes that findings propose to changes of the files' texts, which keep every other byte. */
export { applyFixes } from './apply.ts';
export { createFixPlanner } from './plan.ts';
export { editRaw, holds } from './raw.ts';
