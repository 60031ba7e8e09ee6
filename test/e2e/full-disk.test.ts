import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Sensor } from '../support/sensor.ts';
import { sendOver, type Reply } from '../support/smtp-client.ts';
import { canMount, fillUp, smallDisk } from '../support/small-disk.ts';
import { Ledger, type NumberedLetter } from './ledger.ts';

// The other tests inject the error; here the kernel has no room. Journal and outputs share the disk, as they do on a
// small machine.

const config = { journal: { diskFloor: 0, segmentSize: '256 KiB' }, outputs: { maildir: {}, jsonl: {} } };

/** The sensor looks at the disk once a second; a letter takes some milliseconds. */
const enough = 20_000;

describe.skipIf(!canMount)('a disk that is really full (a mount that only root can make)', () => {
  it('is told to peers as 452, and nothing acknowledged is missing when there is room again', async () => {
    const { sensor, ledger, refusal } = await fillAndGiveBack();
    expect(refusal).toMatchObject({ code: 452, text: expect.stringMatching(/^452 4\.3\.1 /) as string });
    expect(ledger.numbersIn(sensor.dataDir), 'what is kept is what was acknowledged').toEqual(ledger.acknowledged);
    await ledger.expectToBeKeptIn(sensor.dataDir);
  });

  // Two notice it: whoever watches the room, and the write that failed.
  it('is said once, and once that it is over', async () => {
    const { sensor } = await fillAndGiveBack();
    const said = sensor.events.map(({ event }) => event).filter((event) => event.startsWith('journal.re'));
    expect(said).toEqual(['journal.refusing', 'journal.resumed']);
  });
});

/** A sensor that has seen its disk full and with room again, without a restart, and has ended in good order. */
async function fillAndGiveBack(): Promise<{ sensor: Sensor; ledger: Ledger; refusal: Reply }> {
  const disk = smallDisk(24);
  const sensor = await Sensor.start({ dataDir: join(disk, 'data'), config });
  const ledger = new Ledger();
  // One connection for each: a session with too many refusals is ended.
  const send = async (letter: NumberedLetter): Promise<Reply> => {
    const sent = await sendOver(sensor.port, 1, [letter].values());
    ledger.write(sent);
    return sent[0]!.reply!;
  };
  const sendUntil = async (isOver: (reply: Reply) => boolean): Promise<Reply> => {
    for (const letter of ledger.letters(enough)) {
      const reply = await send(letter);
      if (isOver(reply)) return reply;
    }
    throw new Error('That never happened.');
  };

  for (const letter of ledger.letters(20)) expect(await send(letter)).toMatchObject({ code: 250 });
  const ballast = fillUp(disk);
  const refusal = await sendUntil(({ code }) => code !== 250);
  // Until the journal knows the disk to be full by its own looking, and refuses without trying.
  await sendUntil(() => sensor.told('capture.refused').some(({ detail }) => detail.includes('journal.diskFloor')));
  ballast.giveBack();
  await sendUntil(({ code }) => code === 250);
  await sensor.event('journal.resumed');
  await sendUntil(({ code }) => code === 250);
  expect(await sensor.stop()).toEqual({ code: 0, signal: null, stderr: '' });
  return { sensor, ledger, refusal };
}
