/** What a console wants done; whoever runs it does it, and tells what came of it. */
export type Effect =
  | { readonly do: 'look'; readonly at: 'state' | 'probes' | 'mailboxes' | 'campaigns' | 'cluster' }
  | { readonly do: 'open'; readonly what: 'message' | 'session' | 'probe' | 'campaign'; readonly id: string }
  | { readonly do: 'probe'; readonly act: 'approve' | 'deny'; readonly id: string }
  | { readonly do: 'output'; readonly act: 'pause' | 'resume' | 'retry' | 'rewind'; readonly output: string }
  | { readonly do: 'mailbox'; readonly act: 'retry' | 'rescan'; readonly mailbox: string }
  | { readonly do: 'reload'; readonly what: 'reload' | 'rules.reload' }
  | { readonly do: 'save'; readonly id: string }
  | { readonly do: 'copy'; readonly text: string }
  | { readonly do: 'stop' }
  | { readonly do: 'leave' };
