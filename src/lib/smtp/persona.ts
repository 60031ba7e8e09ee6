import type { LineLimit } from './line-reader.ts';

/** Every occasion on which a server speaks. */
export const occasions = [
  'greeting',
  'helo',
  'heloSyntax',
  'ehlo',
  'ehloSyntax',
  'mail',
  'mailSyntax',
  'mailMalformed',
  'mailNested',
  'mailTooMuch',
  'sizeExceeded',
  'unsupportedOption',
  'rcpt',
  'rcptSyntax',
  'rcptMalformed',
  'rcptNeedsMail',
  'rcptTooMany',
  'rcptUnknown',
  'data',
  'dataSyntax',
  'dataNeedsMail',
  'dataNeedsRcpt',
  'dataNoValidRcpt',
  'queued',
  'messageTooBig',
  'headerTooBig',
  'contentLineTooLong',
  'storageFull',
  'storageFailed',
  'rset',
  'rsetSyntax',
  'noop',
  'quit',
  'unknown',
  'emptyLine',
  'lineTooLong',
  'notImplemented',
  'notSmtp',
  'authOk',
  'authFailed',
  'authAborted',
  'authMalformed',
  'authSyntax',
  'authMechanism',
  'authTwice',
  'authNested',
  'authNeedsTls',
  'authDisabled',
  'startTlsSyntax',
  'startTlsTwice',
  'tooManyErrors',
  'tooManyCommands',
  'tooManyConnections',
  'timeout',
  'shutdown',
] as const;

/** What not every server says: without a text it does not know the command, or does not have the rule. */
export const rareOccasions = [
  'startTls',
  'startTlsNotOffered',
  'chunk',
  'chunkSyntax',
  'chunkNull',
  'chunkNeedsMail',
  'chunkNeedsRcpt',
  'chunkNoValidRcpt',
  'chunkTooBig',
  'chunkDiscarded',
  'queuedChunks',
  'onlyChunks',
  'dataAfterChunk',
  'rcptAfterChunk',
  'dataNeedsMailRefused',
  'vrfy',
  'vrfySyntax',
  'vrfyMalformed',
  'expn',
  'etrn',
  'etrnSyntax',
  'etrnMalformed',
  'etrnNested',
  'help',
  'xclientSyntax',
  'xclientNested',
  'notAuthorised',
  'xforward',
  'mailNeedsHelo',
  'mailWithPrdr',
  'sizeMalformed',
  'sizeImpossible',
  'bodyMalformed',
  'retMalformed',
  'envidMalformed',
  'notifyMalformed',
  'orcptMalformed',
  'authNeedsEhlo',
  'authMalformedLater',
  'authInitialNotExpected',
  'authLineTooLong',
  'notUtf8',
  'nul',
  'unexpectedArgument',
  'outOfTurn',
] as const;

export type Occasion = (typeof occasions)[number];
export type RareOccasion = (typeof rareOccasions)[number];
export type Replies = Readonly<Record<Occasion, string>> & { readonly [Name in RareOccasion]?: string };

export type AnyOccasion = Occasion | RareOccasion;

/** Replies on these occasions are counted by themselves; the one that reaches the limit is the session's last. */
export interface Tally {
  readonly of: readonly AnyOccasion[];
  readonly limit: number;
  /** Said instead of that reply; {reply} is that reply, {code} its code, {continued} all of it with more to come. */
  readonly last: string;
}

/** How a server takes it when it is kept busy with nothing. */
export interface Manners {
  /** Refused commands in all; after the last of them `tooManyErrors` is said. */
  readonly refusals?: number;
  readonly tallies: readonly Tally[];
  /** After so many refused commands every reply comes late, by so many milliseconds. */
  readonly slow?: { readonly after: number; readonly ms: number };
  /** Milliseconds by which these replies come late. */
  readonly late?: { readonly [Name in AnyOccasion]?: number };
  /** Commands that bring no mail: beyond the limit each counts as refused, or is the last when there is a text. */
  readonly junk?: {
    readonly commands: readonly string[];
    /** Of each of these groups one is not counted, the first after a message. */
    readonly onceFree?: readonly (readonly string[])[];
    readonly limit: number;
    readonly last?: string;
  };
  /** Commands that nothing may follow unasked from a client that said HELO; who does is told `outOfTurn`. */
  readonly inTurn?: readonly string[];
  /** Bytes of a command line; what is beyond them is cut off in silence, or the line is refused. */
  readonly line: LineLimit;
}

/**
 * The server that a session pretends to be, as data. A reply of several lines has them on several lines. Words in
 * braces are filled in: {host}, {peer}, {helo}, {date}, {id} (queue id), {size} (largest message), {bytes}, {chunk},
 * {argument} (what followed the command), {option}, {why}, {verb}, {rejected} (the last refusal of a recipient),
 * {mechanisms}, {starttls} (the word, where it can be had).
 */
export interface Persona {
  readonly name: string;
  /** As it appears in a Received line. */
  readonly software: string;
  /** How it reads what it is told. */
  readonly grammar: 'postfix' | 'exim';
  /** The lines of the EHLO reply after the first. STARTTLS and AUTH are left out where they are not to be had. */
  readonly features: readonly string[];
  /** In the order of the AUTH line. */
  readonly mechanisms: readonly string[];
  /** Bytes of the largest message that it takes, unless somebody decides otherwise. */
  readonly messageSize: number;
  /** A template of its own: see queue-id.ts. */
  readonly queueId: string;
  readonly replies: Replies;
  readonly manners: Manners;
}

export type ReplyWords = Readonly<Record<string, string>>;

export function fill(template: string, words: ReplyWords): string {
  if (!template.includes('{')) return template;
  return template.replaceAll(/\{(\w+)\}/g, (whole, word: string) => words[word] ?? whole);
}
