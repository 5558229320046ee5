import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const conditions = ['meshlint-source', 'node', 'import', 'module', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'rules/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // On Node 20 it makes every command that a test starts read a whole bundle of certificates.
    env: { NODE_EXTRA_CA_CERTS: '' },
    // Modules keep nothing between calls, so test files may share them: to load them for each file took longer than many
    // a test. What a test changes of the process (clock, environment, listeners) it puts back.
    isolate: false,
    // Tests wait for commands and servers much of the time, and leave a core idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});
