const trace = new Set([
  'received',
  'return-path',
  'delivered-to',
  'x-original-to',
  'envelope-to',
  'x-envelope-to',
  'x-envelope-from',
  'received-spf',
  'authentication-results',
  'x-received',
]);

/** Whether servers on the way write such a header, and not who sends the message. */
export function isTrace(name: string): boolean {
  return trace.has(name) || name.startsWith('arc-') || name.startsWith('x-spamtrap-');
}
