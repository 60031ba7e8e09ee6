/** What one session may ask for. Each has a reply in the persona for the moment it is reached. */
export interface SmtpLimits {
  /** Bytes of one command line; without it as many as the persona reads. */
  readonly commandLine?: number | undefined;
  readonly commands: number;
  readonly recipients: number;
  /** Bytes of all addresses of one message, and of what is declared with them. */
  readonly envelope: number;
  readonly messageSize: number;
  /** Bytes of all header lines of a message together; without it any. */
  readonly header?: number | undefined;
  /** Bytes of one line of a message; without it any. */
  readonly contentLine?: number | undefined;
  /** Refused commands before the session is ended; without it as many as the persona bears. */
  readonly errors?: number | undefined;
  /** Commands that bring no mail; without it as many as the persona bears. */
  readonly junk?: number | undefined;
  /** Messages in one session. */
  readonly messages: number;
}

export type SmtpLimit = keyof SmtpLimits;
