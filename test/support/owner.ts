/**
 * Takes what has to be done at the end. In a test this is vitest's `onTestFinished`; a benchmark, which knows nothing of
 * tests, brings its own.
 */
export type Owner = (end: () => Promise<void> | void) => void;
