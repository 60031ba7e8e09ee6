/** What one session may ask for. Each has a reply in the persona for the moment it is reached. */
export interface SmtpLimits {
  /** Bytes of one command line. */
  readonly commandLine: number;
  readonly recipients: number;
  readonly messageSize: number;
  /** Refused commands before the session is ended. */
  readonly errors: number;
  /** Messages in one session. */
  readonly messages: number;
}
