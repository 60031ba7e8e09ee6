// Holds connections that say EHLO and then nothing. Usage: node idle-clients-process.ts PORT COUNT
// Prints how many were greeted and answered, once they all are; then waits to be ended.
import { connect } from 'node:net';

const [port, count] = process.argv.slice(2).map(Number);
// More at a time would overflow the queue of connections that wait to be accepted.
const atOnce = 100;
let answered = 0;
let started = 0;

function next(): Promise<void> {
  started++;
  return new Promise((resolve, reject) => {
    const socket = connect(port!, '127.0.0.1');
    let heard = '';
    socket.setEncoding('latin1');
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`closed after ${JSON.stringify(heard)}`)));
    socket.on('data', (text: string) => {
      heard += text;
      if (heard.startsWith('220 ') && heard.endsWith('\r\n') && !heard.includes('\n250')) {
        if (heard.indexOf('\n') === heard.length - 1) socket.write('EHLO idle.example.org\r\n');
      } else if (/\n250 .*\r\n$/.test(heard)) {
        answered++;
        resolve();
      }
    });
  });
}

async function holdOneAfterTheOther(): Promise<void> {
  while (started < count!) await next();
}

try {
  await Promise.all(Array.from({ length: atOnce }, holdOneAfterTheOther));
} catch (error) {
  console.error(error);
}
console.log(answered);
