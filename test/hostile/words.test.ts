import { describe, expect, it } from 'vitest';
import { newSession } from '../support/dialogue.ts';
import { StrictPlayer } from '../support/hostile-session.ts';

describe('a word that only looks like a command once it is in capitals', () => {
  // U+0131, U+017F and U+FB05 become I, S and ST; no server that reads bytes takes them for these.
  it.each(['qu\u0131t', 'r\u017fet', '\ufb05arttls', 'ma\u0131l FROM:<a@b>'])('is no command: %s', (line) => {
    const player = new StrictPlayer(newSession({}, { tls: 'offered' }));
    player.receive(Buffer.from(`${line}\r\n`, 'utf8'));
    expect(player.finals.at(-1)).toMatch(/^500 5\.5\.2 |^221 2\.7\.0 /);
  });
});
