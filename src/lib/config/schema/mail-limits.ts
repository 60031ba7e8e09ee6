import { duration, size } from '../words/amount.ts';
import { integer } from '../words/number.ts';
import { optional, setting } from '../words/setting.ts';

/** What the intakes have in common; they differ in how much a usual peer needs. */
interface Usual {
  readonly recipients: number;
  readonly envelope: number;
  readonly errors: { readonly words: string; readonly example: string };
}

export function mailLimits({ recipients, envelope, errors }: Usual) {
  return {
    connections: setting(integer({ least: 1 }), {
      default: 10_000,
      about: 'Open connections in all; further ones are told 421 and closed.',
    }),
    recipients: setting(integer({ least: 1 }), {
      default: recipients,
      about: 'Recipients of one message; further ones are told 452.',
    }),
    envelope: setting(size({ least: 1024 }), {
      default: envelope,
      about: 'Bytes of all addresses of one message; recipients beyond them are told 452.',
    }),
    header: optional(size({ least: 1 }), {
      about: 'Bytes of the header of one message; larger ones are told 552.',
      words: 'as many as the message may have',
      example: '1 MiB',
    }),
    contentLine: optional(size({ least: 1 }), {
      about: 'Bytes of one line of a message; longer ones are told 552.',
      words: 'as many as the message may have',
      example: '64 KiB',
    }),
    commandLine: optional(size({ least: 512 }), {
      about: 'Bytes of one command line; the rest is cut off, or the line is told 500, as the persona has it.',
      words: 'as many as the persona reads: 2048 for Postfix',
      example: '2 KiB',
    }),
    commands: setting(integer({ least: 1 }), {
      default: 1_000_000,
      about: 'Commands in one session; then it is told 421 and closed.',
    }),
    errors: optional(integer({ least: 1 }), {
      about: 'Refused commands in one session; then it is told 421 and closed.',
      ...errors,
    }),
    messages: setting(integer({ least: 1 }), {
      default: 100_000,
      about: 'Messages in one session; further ones are told 450.',
    }),
    idle: setting(duration({ least: 1000 }), {
      default: 5 * 60_000,
      about: 'How long a peer may stay silent before it is told 421 and closed.',
    }),
    command: setting(duration({ least: 1000 }), {
      default: 10 * 60_000,
      about: 'How long a peer may take for one command, however busily it sends.',
    }),
    content: setting(duration({ least: 1000 }), {
      default: 30 * 60_000,
      about: 'How long a peer may take for the content of one message.',
    }),
    handshake: setting(duration({ least: 1000 }), {
      default: 60_000,
      about: 'How long a TLS handshake may take, or the line with which a proxy introduces a peer.',
    }),
    session: setting(duration({ least: 1000 }), {
      default: 60 * 60_000,
      about: 'How long a session may last in all.',
    }),
  };
}
