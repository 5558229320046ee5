// @ts-check
// The tests' API server, for scripts: Node 20 reads no TypeScript, so its door is bundled first.
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * @returns {Promise<typeof import('../../test/support/api-server/start.ts')>}
 */
export async function importApiServer() {
  const start = join(root, 'test/support/api-server/start.ts');
  const folder = mkdtempSync(join(root, 'node_modules', '.api-server-'));
  try {
    const bundle = await rolldown({
      input: start,
      platform: 'node',
      external: ['rolldown', 'yaml'],
      // The door looks for the server beside itself.
      transform: { define: { 'import.meta.url': JSON.stringify(pathToFileURL(start).href) } },
    });
    const file = join(folder, 'start.mjs');
    await bundle.write({ file, format: 'esm' });
    await bundle.close();
    return await import(pathToFileURL(file).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
