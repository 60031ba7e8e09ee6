import { defineConfig } from 'vitest/config';
import { LeftOutReporter } from './test/support/left-out.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    reporters: ['default', new LeftOutReporter()],
    disableConsoleIntercept: true,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // What is polled has no event; how long it takes says nothing.
    expect: { poll: { timeout: 60_000 } },
    // Two workers: the suites start real servers, and more of them would only measure each other.
    maxWorkers: 2,
  },
});
