import { scalarKind } from './kind.ts';

/** Of a stream or a bucket: it becomes part of subjects and of file names at the server. */
export const natsName = scalarKind<string>({
  valid: 'letters, digits, - and _, at most 64 of them',
  parse: (text) => (/^[\w-]{1,64}$/.test(text) ? text : undefined),
});

/** Where something is published; no pattern. */
export const natsSubject = scalarKind<string>({
  valid: 'a subject such as spam.mails: words without blanks and wildcards, with dots between them',
  parse: (text) => (/^[\w$-]+(?:\.[\w$-]+)*$/.test(text) && text.length <= 255 ? text : undefined),
});
