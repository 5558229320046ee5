import { createSource } from '../text/index.ts';
import { takeSource } from './documents.ts';
import { createHarvest, finishHarvest, type ReadingRequest } from './harvest.ts';
import type { Loaded } from './loaded.ts';
import { surroundingsInMemory } from './surroundings.ts';

/** Reads texts in memory as if they were files of those paths: for tests, editors and other programs. */
export async function readTexts(
  texts: readonly { readonly path: string; readonly raw: string }[],
  request: ReadingRequest = {},
): Promise<Loaded> {
  const harvest = createHarvest(surroundingsInMemory(texts.map(({ path }) => path)), request);
  for (const { path, raw } of texts) {
    harvest.stats.files++;
    harvest.stats.bytes += Buffer.byteLength(raw);
    await takeSource(harvest, createSource(path, raw), true);
  }
  return finishHarvest(harvest, []);
}
