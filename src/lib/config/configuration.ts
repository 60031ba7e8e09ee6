import type { DocumentSort } from '../document/faults.ts';

export const configuration: DocumentSort = {
  code: 'config.faulty',
  fix: 'Correct what is named above; docs/configuration.md explains every key.',
};
