/**
 * A message for a file of many (mboxrd): a line that begins with From, after any number of >, gets one > more, so that
 * the next reader can take it away again. Lines end as lines of files do.
 */
export function mboxEntry(bytes: Buffer, from: string, receivedAt: Date): Buffer {
  const sender = /^[\x21-\x7e]+$/.test(from) ? from : 'MAILER-DAEMON';
  const text = bytes
    .toString('latin1')
    .replaceAll('\r\n', '\n')
    .replaceAll(/^(>*From )/gm, '>$1');
  const end = text.endsWith('\n') ? '\n' : '\n\n';
  return Buffer.from(`From ${sender} ${asctime(receivedAt)}\n${text}${end}`, 'latin1');
}

/** `Thu Nov 26 09:30:00 2026`, in UTC. */
function asctime(date: Date): string {
  const [week, day, month, year, time] = date.toUTCString().replace(',', '').split(' ');
  return `${week} ${month} ${String(Number(day)).padStart(2)} ${time} ${year}`;
}
