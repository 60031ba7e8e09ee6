import type { Load } from './smtp-source.ts';

/** What most rows are measured with; the others say in what they differ. */
export const usual: Load = { size: 4_096, connections: 20, recipients: 1 };
