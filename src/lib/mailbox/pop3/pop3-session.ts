// Not here yet: is being written.
import type { OpenMailbox } from '../session.ts';

export const openPop3: OpenMailbox = () => Promise.reject(new Error('POP3 is not here yet'));
