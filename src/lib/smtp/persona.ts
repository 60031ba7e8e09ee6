/** Every occasion on which a server speaks. */
export type Occasion =
  | 'greeting'
  | 'helo'
  | 'heloSyntax'
  | 'ehloSyntax'
  | 'mail'
  | 'mailSyntax'
  | 'mailMalformed'
  | 'mailNested'
  | 'mailTooMuch'
  | 'sizeExceeded'
  | 'unsupportedOption'
  | 'rcpt'
  | 'rcptSyntax'
  | 'rcptMalformed'
  | 'rcptNeedsMail'
  | 'rcptTooMany'
  | 'data'
  | 'dataSyntax'
  | 'dataNeedsRcpt'
  | 'dataNoValidRcpt'
  | 'queued'
  | 'messageTooBig'
  | 'storageFull'
  | 'storageFailed'
  | 'rset'
  | 'rsetSyntax'
  | 'noop'
  | 'vrfy'
  | 'vrfySyntax'
  | 'etrn'
  | 'etrnSyntax'
  | 'quit'
  | 'unknown'
  | 'emptyLine'
  | 'lineTooLong'
  | 'notImplemented'
  | 'authDisabled'
  | 'notAuthorised'
  | 'notSmtp'
  | 'tooManyErrors'
  | 'tooManyConnections'
  | 'timeout'
  | 'shutdown';

/**
 * The server that a session pretends to be, as data. Words in braces are filled in: {host}, {peer}, {id} (queue id),
 * {size} (largest message), {argument} (what followed the command), {option}.
 */
export interface Persona {
  readonly name: string;
  /** As it appears in a Received line. */
  readonly software: string;
  /** The lines of the EHLO reply after the first. */
  readonly features: readonly string[];
  readonly replies: Readonly<Record<Occasion, string>>;
  readonly queueId: { readonly alphabet: string; readonly length: number };
  /** Commands that end the session at once, because whoever sends them does not speak SMTP. */
  readonly foreignVerbs: readonly string[];
}

export type ReplyWords = Readonly<Record<string, string>>;

export function fill(template: string, words: ReplyWords): string {
  if (!template.includes('{')) return template;
  return template.replaceAll(/\{(\w+)\}/g, (whole, word: string) => words[word] ?? whole);
}

export function mintQueueId({ queueId }: Persona, randomInt: (max: number) => number): string {
  const { alphabet, length } = queueId;
  let id = '';
  // One draw gives several characters: an id is needed for every message.
  for (let draw = 0; id.length < length; draw = Math.floor(draw / alphabet.length)) {
    if (draw < alphabet.length) draw = randomInt(2 ** 47);
    id += alphabet[draw % alphabet.length];
  }
  return id;
}
