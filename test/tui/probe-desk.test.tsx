import { render } from 'ink-testing-library';
import { describe, expect, it } from 'vitest';
import { ProbeDesk, type DeskHandle, type ProbeLine } from '../../src/tui/probe-desk.tsx';

const enter = '\r';
const down = '\u001b[B';

class Desk implements DeskHandle {
  readonly done: string[] = [];
  #probes: ProbeLine[] = [
    { id: 'one', state: 'held', line: 'first \u001b]52;c;x\u0007 of all' },
    { id: 'two', state: 'held', line: 'second' },
  ];

  list(): readonly ProbeLine[] {
    return this.#probes;
  }

  details(id: string): readonly string[] {
    return [`details of ${id}`, 'evil \u009b2J line'];
  }

  approve(id: string): string {
    this.done.push(`approve ${id}`);
    this.#probes = this.#probes.filter((probe) => probe.id !== id);
    return `${id} is approved.`;
  }

  deny(id: string): string {
    this.done.push(`deny ${id}`);
    throw new Error(`${id} is gone.`);
  }
}

async function play(...keys: readonly string[]) {
  const desk = new Desk();
  const { stdin, frames, unmount } = render(<ProbeDesk desk={desk} />);
  for (const key of keys) {
    const before = frames.length;
    stdin.write(key);
    for (let turn = 0; frames.length === before && turn < 1_000; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  unmount();
  return { desk, all: frames.join('\n') };
}

describe('the desk on a terminal', () => {
  it('asks before it approves, and does it once', async () => {
    const { desk, all } = await play(down, 'a', 'y');
    expect(all).toContain('y for yes');
    expect(desk.done).toEqual(['approve two']);
    expect(all).toContain('two is approved.');
  });

  it('does nothing when the answer is anything but yes', async () => {
    const { desk, all } = await play('a', enter, 'd', 'x');
    expect(desk.done).toEqual([]);
    expect(all).toContain('Nothing was done.');
  });

  it('says why something could not be done', async () => {
    const { all } = await play('d', 'y');
    expect(all).toContain('one is gone.');
  });

  it('shows details, and lets nothing of a peer reach the terminal', async () => {
    const { all } = await play(enter);
    expect(all).toContain('details of one');
    expect(all).toContain('evil \\x9b2J line');
    expect(all).toContain('first \\e]52;c;x\\x07 of all');
    expect(all.includes('\u009b')).toBe(false);
  });
});
