/** How far a connection has come; what a hook is told, and what a deadline is for. */
export type Phase =
  | 'connecting'
  | 'greeting'
  | 'hello'
  | 'startTls'
  | 'handshake'
  | 'sender'
  | 'recipients'
  | 'data'
  | 'content'
  /** The final dot leaves or has left. */
  | 'dot'
  | 'quit'
  | 'over';

const words: Readonly<Record<Phase, string>> = {
  connecting: 'connecting',
  greeting: 'waiting for the greeting',
  hello: 'the introduction',
  startTls: 'asking for TLS',
  handshake: 'the TLS handshake',
  sender: 'naming the sender',
  recipients: 'naming the recipients',
  data: 'announcing the message',
  content: 'sending the message',
  dot: 'waiting for the answer to the message',
  quit: 'taking leave',
  over: 'the end',
};

export function phaseWords(phase: Phase): string {
  return words[phase];
}
