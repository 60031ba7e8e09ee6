import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { brokerAccess, feedFiles, rememberPlace } from '../../src/lib/assembly/broker-access.ts';
import { readFeed } from '../../src/lib/config/feed.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const users = (dataDir: string) => join(dataDir, 'broker', 'users.json');

describe('the identities of the broker within', () => {
  it('are made once, for their owner alone, and stay', () => {
    const dataDir = temporaryDirectory();
    const first = brokerAccess(dataDir, ['spam.mails']);
    expect(first.sensor.secret).toMatch(/^[\w-]{43}$/);
    expect(first.sensor.secret).not.toBe(first.reader.secret);
    expect(brokerAccess(dataDir, ['spam.mails'])).toEqual(first);
    expect(statSync(users(dataDir)).mode & 0o777).toBe(0o600);
    expect(statSync(join(dataDir, 'broker')).mode & 0o777).toBe(0o700);
    expect(JSON.parse(readFileSync(users(dataDir), 'utf8'))).toMatchObject({
      sensor: { pubchans: ['spam.mails'], subchans: [] },
      reader: { pubchans: [], subchans: ['spam.mails'] },
    });
  });

  it('gain channels, and keep what the operator has written', () => {
    const dataDir = temporaryDirectory();
    brokerAccess(dataDir, ['one']);
    const written = JSON.parse(readFileSync(users(dataDir), 'utf8')) as Record<string, unknown>;
    const colleague = { owner: 'x', secret: 'y', pubchans: [], subchans: ['one'] };
    writeFileSync(users(dataDir), JSON.stringify({ ...written, colleague }));
    brokerAccess(dataDir, ['one', 'two']);
    expect(JSON.parse(readFileSync(users(dataDir), 'utf8'))).toMatchObject({
      sensor: { pubchans: ['one', 'two'] },
      reader: { subchans: ['one', 'two'] },
      colleague,
    });
  });

  it('tell where the broker is, in files that collectors read', async () => {
    const dataDir = temporaryDirectory();
    const access = brokerAccess(dataDir, ['spam.mails']);
    const place = { host: '127.0.0.1', port: 4321, tls: false, channels: ['spam.mails', 'b'] };
    rememberPlace(dataDir, access, place);
    const feed = readFeed(feedFiles(dataDir).reader);
    expect(feed).toMatchObject({
      type: 'hpfeeds',
      broker: '127.0.0.1',
      port: 4321,
      identity: 'reader',
      channels: ['spam.mails', 'b'],
    });
    expect(await feed.secret?.resolve()).toBe(access.reader.secret);
    rememberPlace(dataDir, access, { ...place, port: 5 });
    expect(readFeed(feedFiles(dataDir).sensor)).toMatchObject({ port: 5, identity: 'sensor' });
    for (const name of readdirSync(join(dataDir, 'broker'))) {
      expect(statSync(join(dataDir, 'broker', name)).mode & 0o777).toBe(0o600);
    }
  });

  it.each([
    ['half a file', '{"sensor": {"own'],
    ['a list', '[]'],
    ['a user without a secret', '{"sensor": {"pubchans": [], "subchans": []}}'],
  ])('are not made anew where there is %s', (_, text) => {
    const dataDir = temporaryDirectory();
    brokerAccess(dataDir, []);
    writeFileSync(users(dataDir), text);
    expect(() => brokerAccess(dataDir, [])).toThrow('cannot be read');
    expect(readFileSync(users(dataDir), 'utf8')).toBe(text);
  });

  it('are not used where others can read them', () => {
    const dataDir = temporaryDirectory();
    brokerAccess(dataDir, []);
    chmodSync(users(dataDir), 0o640);
    expect(() => brokerAccess(dataDir, [])).toThrow(
      expect.objectContaining({ fix: expect.stringContaining('chmod 600') as string }),
    );
  });
});
