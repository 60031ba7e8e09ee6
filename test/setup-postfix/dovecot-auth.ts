import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

/** As much of Dovecot's authentication protocol as Postfix speaks, at a socket where it looks for it. */
export async function answerLogins(socket: string, passwords: ReadonlyMap<string, string>): Promise<void> {
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    clients.add(client);
    client.on('error', () => undefined);
    client.write(
      'VERSION\t1\t2\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t00000000000000000000000000000000\nDONE\n',
    );
    createInterface({ input: client }).on('line', (line) => {
      const [word, id, ...parameters] = line.split('\t');
      if (word !== 'AUTH') return;
      const response = parameters.find((parameter) => parameter.startsWith('resp='))?.slice('resp='.length) ?? '';
      const [, user = '', password] = Buffer.from(response, 'base64').toString('utf8').split('\0');
      const isRight = password !== undefined && passwords.get(user) === password;
      client.write(`${isRight ? 'OK' : 'FAIL'}\t${id}\tuser=${user}\n`);
    });
  });
  server.listen(socket);
  await once(server, 'listening');
  chmodSync(socket, 0o666);
  onTestFinished(() => {
    for (const client of clients) client.destroy();
    server.close();
  });
}
