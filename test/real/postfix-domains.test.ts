import { expect, test } from 'vitest';
import { newDataDir, Sensor } from '../support/sensor.ts';
import { submit, withoutReceived, type Letter } from './letters.ts';
import { postfixBefore, withPostfix } from './postfix.ts';
import { evidenceOf, rawMessage } from './evidence.ts';

withPostfix()('a catch-all for some domains', () => {
  test('takes its part of a message; for the rest Postfix tells the sender', async () => {
    const flags = ['--domains', 'example.net,Trap.example'];
    const sensor = await Sensor.start({ command: 'serve-lmtp', dataDir: newDataDir(), flags });
    const postfix = await postfixBefore({ port: sensor.port });
    const letter: Letter = {
      from: 'sender@example.net',
      parameters: '',
      to: ['a@example.net', 'b@elsewhere.example', 'c@TRAP.example', 'd@sub.example.net'],
      content: Buffer.from('Subject: for some\r\n\r\n.text\r\n'),
    };
    await submit(postfix.port, 1, [letter].values());
    // The message, and the bounce, which comes by the same way to a sender whose domain is taken.
    const [first, second] = await sensor.times('capture.accepted', 2);
    await postfix.emptied(2);
    expect(postfix.queue()).toEqual([]);
    const refused = await postfix.logged(/ status=bounced .* said: 550 /, 2);
    expect(refused.map((line) => /to=<([^>]*)>/.exec(line)?.[1] ?? '').toSorted()).toEqual([
      'b@elsewhere.example',
      'd@sub.example.net',
    ]);
    await postfix.stop();
    const { captures } = await evidenceOf(sensor);
    expect(captures.map(({ envelope }) => envelope)).toEqual([
      { from: letter.from, to: ['a@example.net', 'c@TRAP.example'] },
      { from: '', to: [letter.from] },
    ]);
    expect(withoutReceived(await rawMessage(sensor, first!.id)).equals(letter.content)).toBe(true);
    const bounce = (await rawMessage(sensor, second!.id)).toString('utf8');
    expect(bounce).toContain('Final-Recipient: rfc822; b@elsewhere.example');
    expect(bounce).toContain('Diagnostic-Code: smtp; 550 ');
    expect(bounce).not.toContain('Final-Recipient: rfc822; a@example.net');
  });
});
