import type { Persona } from '../persona.ts';
import { postfix } from './postfix.ts';

/** The server behind the operator's own Postfix. It plays nobody; it says what Postfix wants to hear (RFC 2033). */
export const lmtpServer: Persona = {
  ...postfix,
  name: 'lmtp',
  features: [
    'PIPELINING',
    'SIZE {size}',
    'STARTTLS',
    'ENHANCEDSTATUSCODES',
    '8BITMIME',
    'DSN',
    'SMTPUTF8',
    'CHUNKING',
    'XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE',
  ],
  manners: { tallies: [], line: { most: 8192, beyond: 'refused' } },
  replies: {
    ...postfix.replies,
    greeting: '220 {host} LMTP',
    ehloSyntax: '501 5.5.4 Syntax: LHLO hostname',
    unknown: '500 5.5.1 Error: command not recognized',
    xforward: '250 2.0.0 Ok',
  },
};
