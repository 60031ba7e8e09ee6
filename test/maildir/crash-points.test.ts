import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { Maildir } from '../../src/lib/maildir/maildir.ts';
import { completeProbe } from '../../src/lib/maildir/sent-probe.ts';
import { peer } from '../support/peers.ts';
import { someProbe } from '../support/some-probe.ts';
import { killAt, readTrace, tracing } from '../support/strace.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { runTraced } from '../support/traced-script.ts';

const courier = new URL('./courier.ts', import.meta.url);

const sentIn = (maildir: string) =>
  ['new', 'cur'].flatMap((part) => {
    try {
      return readdirSync(join(maildir, '.sentProbes', part));
    } catch {
      return [];
    }
  });

peer('strace')('the copy of a probe', () => {
  test('is on disk, file and folder, before anything is sent', async () => {
    const maildir = temporaryDirectory();
    const file = join(temporaryDirectory(), 'trace');
    const calls = ['write', 'writev', 'pwrite64', 'fsync', 'fdatasync', 'rename'];
    expect(await runTraced(courier, [maildir], tracing(file, calls, 200))).toMatchObject({ code: 0 });
    const trace = readTrace(file);
    const said = trace.find(({ name, bytes }) => name === 'write' && bytes === 'announced\n')!;
    const before = trace.filter(({ ended }) => ended < said.began);
    const renamed = before.find(({ name, bytes }) => name === 'rename' && bytes.includes('-announced'))!;
    const written = before.filter(({ name, target }) => name !== 'fsync' && basename(target).includes('-announced'));
    const synced = before.find(({ name, target }) => name === 'fsync' && basename(target).includes('-announced'))!;
    expect(written.length).toBeGreaterThan(0);
    for (const { ended } of written) expect(synced.began).toBeGreaterThan(ended);
    expect(renamed.began).toBeGreaterThan(synced.ended);
    const folders = before.filter(({ name, began }) => name === 'fsync' && began > renamed.ended);
    expect(folders.map(({ target }) => target)).toEqual([
      join(maildir, '.sentProbes', 'new'),
      join(maildir, '.sentProbes'),
      maildir,
    ]);
  });

  test('is never lost by a death in between, and is one again when completing it is done again', async () => {
    let [deaths, bothThere] = [0, 0];
    for (const call of ['rename', 'unlink']) {
      for (let nth = 1; ; nth++) {
        const maildir = temporaryDirectory();
        const strace = killAt(join(temporaryDirectory(), 'trace'), { call, nth });
        const { signal, stdout } = await runTraced(courier, [maildir], strace);
        if (signal === null) break;
        deaths++;
        const left = sentIn(maildir);
        if (stdout.includes('announced')) expect(left.length).toBeGreaterThan(0);
        if (left.length === 2) bothThere++;

        await completeProbe(new Maildir(maildir), someProbe, { exception: 'interrupted' });
        const [name, ...others] = sentIn(maildir);
        expect(others).toEqual([]);
        expect(name).toContain('-completed');
        expect(readdirSync(join(maildir, '.sentProbes', 'tmp')).filter((file) => file.includes('announced'))).toEqual(
          [],
        );
      }
    }
    // Two copies are stored, and one is removed.
    expect(deaths).toBe(3);
    expect(bothThere).toBeGreaterThan(0);
  });
});
