/** A message as the index knows it. Its keys are those of --json. */
export interface Found {
  readonly id: string;
  readonly kind: 'message' | 'evidence' | 'session';
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly intake: string;
  readonly session?: string;
  readonly peer?: string;
  readonly country?: string;
  readonly network?: string;
  readonly helo?: string;
  readonly mailbox?: string;
  readonly from?: string;
  readonly to: readonly string[];
  readonly recipients: number;
  readonly authors: readonly string[];
  readonly readers: readonly string[];
  readonly subject?: string;
  readonly text?: string;
  readonly size: number;
  readonly sha256?: string;
  readonly rules: readonly string[];
  readonly tags: readonly string[];
  readonly urls: readonly string[];
  readonly hosts: readonly string[];
  readonly attachments: readonly FoundAttachment[];
  readonly logins: readonly string[];
  readonly users: readonly string[];
  readonly passwords: readonly string[];
  readonly verdicts: readonly string[];
  readonly probe?: string;
  readonly scan?: string;
  readonly campaign?: string;
  /** Why there is more in it than the index knows. */
  readonly gap?: string;
}

export interface FoundAttachment {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly sha256: string;
}
