import { closeSync, openSync, readSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe as suite, expect, it } from 'vitest';
import { describe } from '../../src/lib/events/describe.ts';
import type { Event, TimedEvent } from '../../src/lib/events/event.ts';
import { EventHub } from '../../src/lib/events/hub.ts';
import { humanLine, jsonLine } from '../../src/lib/events/lines.ts';
import { LineWriter } from '../../src/lib/events/line-writer.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const hostile = '\x1b]52;c;x\x07\x9b2J\u202e\r\nfake line\u2028\udcff';

const accepted: Event = {
  event: 'capture.accepted',
  intake: 'relay',
  id: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  session: 's',
  peer: '192.0.2.1',
  from: hostile,
  to: hostile,
  recipients: 2,
  size: 4096,
  sha256: '00',
};

const timed = (event: Event): TimedEvent => ({ time: '2026-11-20T10:00:00.000Z', ...event });

suite('the hub', () => {
  it('gives a late listener what was kept, then what comes', () => {
    const hub = new EventHub(() => 0, 3);
    for (let segment = 1; segment <= 5; segment++) hub.emit({ event: 'journal.rotated', segment });
    const heard: unknown[] = [];
    const leave = hub.listen((event) => heard.push(event.event === 'journal.rotated' ? event.segment : event.event));
    hub.emit({ event: 'stopped' });
    leave();
    hub.emit({ event: 'stopped' });
    expect(heard).toEqual([3, 4, 5, 'stopped']);
  });

  it('drops a listener that fails, and no other', () => {
    const hub = new EventHub(() => 0);
    let calls = 0;
    hub.listen(() => {
      calls++;
      throw new Error('broken');
    });
    const heard: string[] = [];
    hub.listen(({ event }) => heard.push(event));
    hub.emit({ event: 'journal.resumed' });
    hub.emit({ event: 'stopped' });
    expect(calls).toBe(1);
    expect(heard).toEqual(['journal.resumed', 'stopped']);
  });
});

suite('lines', () => {
  it('are JSON objects that keep peer text exactly, and nothing in them acts on a terminal', () => {
    const line = jsonLine(timed(accepted));
    expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cs}\u2028-\u202e]/u);
    expect(JSON.parse(line)).toEqual(timed(accepted));
  });

  it('are one line for people, whatever peers say', () => {
    const line = humanLine()(timed(accepted));
    expect(line.slice(0, -1).replaceAll(/\x1b\[\d+m/g, '')).not.toMatch(/[\p{Cc}\p{Cs}\u2028-\u202e]/u);
    expect(line).toContain('\\e]52;c;x\\x07');
  });

  it('explain themselves in words', () => {
    expect(describe({ event: 'journal.refusing', why: 'full', detail: 'less than 512 MiB would be free' })).toBe(
      'the journal takes no messages, because there is no room: less than 512 MiB would be free; ' +
        'senders are asked to try again',
    );
    expect(describe({ event: 'listening', intake: 'relay', address: '::1', port: 6025, tls: 'starttls' })).toBe(
      'relay listens on [::1]:6025',
    );
  });
});

suite('the line writer', () => {
  it('writes everything, in order', async () => {
    const path = join(temporaryDirectory(), 'log');
    const file = openSync(path, 'w+');
    const writer = new LineWriter(file, () => undefined);
    const lines = Array.from({ length: 1_000 }, (_, index) => `line ${index}\n`);
    for (const line of lines) writer.write(line);
    await writer.flush(5_000);
    const bytes = Buffer.alloc(100_000);
    expect(bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, 0))).toBe(lines.join(''));
    closeSync(file);
  });

  it('neither waits for a reader that has stopped reading, nor grows, and says what was lost', async () => {
    // A program of its own, because what it is about is a pipe that nobody empties.
    const program = `
      import { LineWriter } from ${JSON.stringify(new URL('../../src/lib/events/line-writer.ts', import.meta.url).href)};
      let dropped = 0;
      const writer = new LineWriter(1, (count) => { dropped += count; process.send({ dropped }); });
      const line = 'x'.repeat(999) + '\\n';
      for (let index = 0; index < 10_000; index++) writer.write(line);
      let turns = 0;
      const turn = () => (++turns < 1_000 ? setImmediate(turn) : process.send('alive'));
      turn();
      process.once('message', () => writer.flush(10_000).then(() => process.disconnect()));
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    // The event loop turned a thousand times while the pipe was full and unread.
    expect(await once(child, 'message')).toEqual(['alive', undefined]);
    let length = 0;
    child.stdout!.on('data', (chunk: Buffer) => (length += chunk.length));
    const told = once(child, 'message');
    child.send('go on');
    const [{ dropped }] = (await told) as [{ dropped: number }];
    await once(child, 'close');
    expect(length + dropped * 1_000).toBe(10_000_000);
    expect(dropped).toBeGreaterThan(5_000);
  });
});
