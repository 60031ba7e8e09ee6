/** What can be said of the session that brought a file, by whoever has it. */
export interface GivenSession {
  readonly peer?: string | undefined;
  readonly helo?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: readonly string[] | undefined;
}
