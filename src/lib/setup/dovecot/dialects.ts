import { dialect23 } from './dialect-2-3.ts';
import { dialect24 } from './dialect-2-4.ts';
import type { Dialect } from './dialect.ts';
import type { DialectName } from './site.ts';

export const dialects: Readonly<Record<DialectName, Dialect>> = { '2.3': dialect23, '2.4': dialect24 };
