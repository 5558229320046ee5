import { defineConfig } from 'vitest/config';

const conditions = ['meshlint-source', 'node', 'import', 'module', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'rules/**/*.test.ts'],
    testTimeout: 30_000,
  },
});
