import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFeed } from '../../src/lib/config/feed.ts';
import { loadConfig } from '../../src/lib/config/load.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { createPlace, placeWith } from './place.ts';

function file(name: string, text: string): string {
  const path = join(temporaryDirectory(), name);
  writeFileSync(path, text);
  return path;
}

describe('a feed file of spamtrap-system', () => {
  it('is read as it is, with its underscores', async () => {
    const feed = readFeed(
      file(
        'feed_config.yml',
        '---  # Broker config\n  broker: "192.0.2.1"\n  port: 10_000\n  identity: "writer"\n  secret: "s3"\n  channels:\n    - "spam.mails"\n',
      ),
    );
    expect(feed).toMatchObject({ broker: '192.0.2.1', port: 10_000, identity: 'writer', channels: ['spam.mails'] });
    expect(await feed.secret?.resolve()).toBe('s3');
  });

  it('may be JSON, with tls as text, as the collector of the fake relay had it', () => {
    const text = JSON.stringify({
      broker: 'b.example',
      port: 10_000,
      identity: 'w',
      secret: 's',
      tls: 'True',
      channels: ['x'],
    });
    expect(readFeed(file('feed_config.json', text))).toMatchObject({ tls: true, channels: ['x'] });
  });

  it('is refused with the place of what is wrong', () => {
    expect(() => readFeed(file('feed.yml', 'broker: b.example\nprot: 1\n'))).toThrow(
      /feed\.yml:2:1: prot: .*did you mean port/,
    );
    expect(() => readFeed('/nowhere/feed.yml')).toThrow(/--feed-config: "\/nowhere\/feed.yml" cannot be read/);
  });
});

describe('a flag for an output', () => {
  const flags = { 'outputs.maildir.path': { flag: '--maildir', value: 'mail' } };

  it('overrides what the file says', () => {
    const machine = createPlace();
    expect(loadConfig({ machine, flags }).settings.outputs['maildir']).toMatchObject({ path: `${machine.cwd}/mail` });
  });

  it('is a fault where the file has no such output', () => {
    expect(() => loadConfig({ machine: placeWith('outputs: {jsonl: {}}'), flags })).toThrow(
      '--maildir: there is no outputs.maildir in the configuration for which this could be',
    );
  });
});
