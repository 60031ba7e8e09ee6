import { connect } from 'node:net';
import type { Scene } from './scenes.ts';

export interface Stage {
  readonly address: string;
  readonly port: number;
}

/** A sensor in a tarpit, or one that has gone, may leave an attacker waiting. */
const patienceMs = 20_000;
const wholeReply = /^(?:\d{3}-[^\n]*\n)*\d{3}(?: [^\n]*)?\r?\n/;

/** Plays one attacker to its end; whatever becomes of it, it is over then. */
export function play({ source, says }: Scene, { address, port }: Stage): Promise<void> {
  return new Promise((resolve) => {
    // An address of the other family cannot be had as a source.
    const from = address.includes(':') ? {} : { localAddress: source };
    const socket = connect({ host: address, port, ...from });
    const lines = says.slice();
    let heard = '';
    socket.setEncoding('utf8').setTimeout(patienceMs, () => socket.destroy());
    socket.on('data', (text: string) => {
      heard += text;
      for (let reply = wholeReply.exec(heard); reply; reply = wholeReply.exec(heard)) {
        heard = heard.slice(reply[0].length);
        const next = lines.shift();
        if (next === undefined) return void socket.end();
        socket.write(next);
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
  });
}
