import { describe, expect, it } from 'vitest';
import { newSession } from '../support/dialogue.ts';
import { latin1 } from '../support/hostile-fuzz.ts';
import { StrictPlayer } from '../support/hostile-session.ts';

const tooManyErrors = '421 4.7.0 mail.example.test Error: too many errors';

function play(text: string, limits: Parameters<typeof newSession>[0] = {}): StrictPlayer {
  const player = new StrictPlayer(newSession(limits));
  player.receive(latin1(text));
  return player;
}

describe('who goes too far hears 421 once, as the last word', () => {
  it('for commands that are refused', () => {
    const player = play('X\r\n'.repeat(30));
    expect(player.finals.slice(-2)).toEqual(['500 5.5.2 Error: command not recognized', tooManyErrors]);
    expect(player.finals).toHaveLength(1 + 20 + 1);
    expect(player.isClosed).toBe(true);
  });

  it('for commands that bring no mail', () => {
    const player = play('NOOP\r\n'.repeat(1_000));
    expect(player.finals.at(-1)).toBe(tooManyErrors);
    expect(player.finals.slice(1, -1)).toEqual(Array<string>(120).fill('250 2.0.0 Ok'));
    expect(player.isClosed).toBe(true);
  });

  it('for messages that are too long', () => {
    const message = 'MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\ntoo long for it\r\n.\r\n';
    const player = play(message.repeat(3), { messageSize: 5, errors: 2 });
    expect(player.finals.slice(-2)).toEqual(['552 5.3.4 Error: message file too big', tooManyErrors]);
    expect(player.isClosed).toBe(true);
  });

  it('for chunks that nobody asked for', () => {
    const player = play('BDAT 3\r\nabc'.repeat(30));
    expect(player.finals).toHaveLength(1 + 20 + 1);
    expect(player.finals.slice(-2)).toEqual(['503 5.5.1 Error: need RCPT command', tooManyErrors]);
    expect(player.isClosed).toBe(true);
  });

  it('for a number of commands, also when one more error would have been too many', () => {
    const player = play('X\r\nX\r\nX\r\n', { commands: 2, errors: 3 });
    expect(player.finals.slice(3)).toEqual(['421 4.7.0 mail.example.test Error: too many commands']);
    expect(player.limits).toEqual(['commands']);
  });

  it.each(['timeout', 'shutdown'] as const)('for its %s, also when one more error would have been too many', (why) => {
    const player = play('X\r\n'.repeat(19));
    player.end(why);
    expect(player.finals.slice(20)).toHaveLength(1);
    expect(player.finals.at(-1)).toMatch(/^421 4/);
  });
});

describe('what the server itself ends', () => {
  it('is no error of the peer', () => {
    const player = play('EHLO me\r\n');
    player.end('timeout');
    expect(player.session.counts.errors).toBe(0);
  });
});
