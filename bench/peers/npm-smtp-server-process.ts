// The npm package smtp-server, throwing messages away. Usage: node npm-smtp-server-process.ts PORT
import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';

// The package brings no types; this is all that is used of it.
interface SmtpServerModule {
  readonly SMTPServer: new (options: {
    readonly disabledCommands: readonly string[];
    readonly disableReverseLookup: boolean;
    readonly authOptional: boolean;
    readonly maxClients: number;
    readonly logger: boolean;
    readonly onData: (stream: Readable, session: unknown, done: (error: null, reply: string) => void) => void;
  }) => {
    on(event: 'error', listener: (error: Error) => void): void;
    listen(port: number, host: string): void;
  };
}

const { SMTPServer } = createRequire(import.meta.url)('smtp-server') as SmtpServerModule;

const server = new SMTPServer({
  disabledCommands: ['AUTH', 'STARTTLS'],
  disableReverseLookup: true,
  authOptional: true,
  maxClients: 20_000,
  logger: false,
  onData(stream, _session, done) {
    stream.resume();
    stream.once('end', () => done(null, 'OK'));
  },
});
// Peers that hang up are no news.
server.on('error', () => undefined);
server.listen(Number(process.argv[2]), '127.0.0.1');
