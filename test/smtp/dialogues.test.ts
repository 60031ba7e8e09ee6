import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { peerBytes } from '../../src/lib/text/peer-text.ts';
import { newSession, Player } from '../support/dialogue.ts';

const folder = new URL('./dialogues/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.txt'));

const unescape = (text: string) =>
  text.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

describe('dialogues', () => {
  it.each(files)('%s', (name) => {
    const player = new Player(newSession());
    const script = readFileSync(new URL(name, folder), 'utf8').split('\n').slice(0, -1);
    const said = player.greet();
    for (const [index, line] of script.entries()) {
      const where = `${name}:${index + 1}`;
      if (line.startsWith('C: ')) said.push(...player.send(`${unescape(line.slice(3))}\r\n`));
      else if (line.startsWith('S: ')) expect(bytes(said.shift()), where).toBe(unescape(line.slice(3)));
      else if (line === '=>') expect(player.closed, where).toBe(true);
      else expect(line, `${where} is no line of a dialogue`).toMatch(/^#/);
    }
    expect(said).toEqual([]);
  });
});

function bytes(reply: string | undefined): string | undefined {
  return reply === undefined ? undefined : peerBytes(reply).toString('latin1');
}
