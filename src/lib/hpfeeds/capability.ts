import { maxNameBytes } from './wire/frame.ts';

// What our broker can do beyond the protocol, and how it says so: with a suffix of the name in its INFO. To others it
// is a name like any other, while an opcode that they do not know would end the connection.

const mark = /;trap-ack=1;time=(\d{1,15})$/;

/** Where whoever stores messages says so. */
export const receiptsChannel = 'trap.receipts';

/** A channel of its own for each ident, on which it hears only itself. */
export function echoChannel(ident: string): string {
  const channel = Buffer.from(`trap.echo.${ident}`);
  return channel.length <= maxNameBytes ? channel.toString() : channel.toString('latin1', 0, maxNameBytes - 64);
}

/** The name as we announce it. The time is for those who ask whether clocks agree; no frame of the protocol has one. */
export function announced(name: string, now: number): string {
  return `${name};trap-ack=1;time=${now}`;
}

/** What is behind an announced name; to others' names nothing is added. */
export function readAnnouncement(broker: string): { readonly name: string; readonly time?: number } {
  const time = mark.exec(broker)?.[1];
  return time === undefined ? { name: broker } : { name: broker.replace(mark, ''), time: Number(time) };
}
