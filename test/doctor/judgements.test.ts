import { describe, expect, it } from 'vitest';
import { judgeValidity } from '../../src/lib/assembly/doctor/certificate.ts';
import { judgeFileSystem, judgeMode, judgeRoom } from '../../src/lib/assembly/doctor/data-dir.ts';
import { judgeClock, judgeName, judgeOpenFiles } from '../../src/lib/assembly/doctor/machine.ts';
import { judgeMode as judgePolicy } from '../../src/lib/assembly/doctor/outbound.ts';
import { judgePort } from '../../src/lib/assembly/doctor/ports.ts';
import { judgeShell } from '../../src/lib/assembly/doctor/shell.ts';
import { Skip, StepFault, StepWarning } from '../../src/lib/assembly/steps/step.ts';

const GiB = 2 ** 30;
const day = 86_400_000;

/** What comes of a judgement: `ok`, `warning`, `failed` or `skipped`, and its words. */
function verdict(judge: () => string): string {
  try {
    return `ok: ${judge()}`;
  } catch (error) {
    if (error instanceof StepWarning) return `warning: ${error.message}`;
    if (error instanceof StepFault) return `failed: ${error.message}`;
    if (error instanceof Skip) return `skipped: ${error.message}`;
    throw error;
  }
}

describe('what the doctor makes of what it sees', () => {
  const wanted = { of: 'relay', address: '127.0.0.1', port: 25 };
  const room = { diskFloor: GiB, maxSize: 20 * GiB, segmentSize: 2 ** 26 };
  const now = Date.UTC(2026, 10, 27);

  it.each([
    ['a free port', () => judgePort(wanted, 'free'), /^ok: is free/],
    ['a taken port', () => judgePort(wanted, 'taken'), /^failed: another program/],
    ['a port of root', () => judgePort(wanted, 'forbidden'), /^failed: .*1024 need a privilege/],
    [
      'a port that is forbidden otherwise',
      () => judgePort({ ...wanted, port: 6025 }, 'forbidden'),
      /^failed: the system/,
    ],
    ['an address that is not ours', () => judgePort(wanted, 'no such address'), /^failed: this machine has no address/],
    ['a private folder', () => judgeMode(0o40700), /^ok/],
    ['a folder that is not there', () => judgeMode(undefined), /^ok/],
    ['a folder for others', () => judgeMode(0o40755), /^warning: others may look into it \(mode 755\)/],
    ['a disk', () => judgeFileSystem(0xef53), /^ok/],
    ['memory', () => judgeFileSystem(0x01021994), /^warning: it is in memory/],
    ['a network', () => judgeFileSystem(0x6969), /^warning: it is on a network/],
    ['much room', () => judgeRoom({ free: 100 * GiB, inodes: 1e6 }, room), /^ok: 100 GiB are free/],
    [
      'less than the journal may take',
      () => judgeRoom({ free: 10 * GiB, inodes: 1e6 }, room),
      /^warning: .*grow to 20 GiB/,
    ],
    ['no room', () => judgeRoom({ free: GiB, inodes: 1e6 }, room), /^failed: .*no mail is taken/],
    ['no inodes', () => judgeRoom({ free: 100 * GiB, inodes: 10 }, room), /^failed: only 10 more files/],
    ['a file system that counts no inodes', () => judgeRoom({ free: 100 * GiB, inodes: undefined }, room), /^ok/],
    ['a good certificate', () => judgeValidity(now - day, now + 90 * day, now), /^ok: it is good until 2027-02-25/],
    ['one that ends soon', () => judgeValidity(now - day, now + 5 * day, now), /^warning: it expires in 5 days/],
    ['one that has ended', () => judgeValidity(0, now - day, now), /^failed: it has expired on 2026-11-26/],
    ['one of tomorrow', () => judgeValidity(now + day, now + 9 * day, now), /^failed: it is good from 2026-11-28/],
    ['a clock', () => judgeClock(now, now - day, true), /^ok: .*, synchronised$/],
    ['a clock of which nobody knows', () => judgeClock(now, undefined, false), /^ok: .*nobody here says/],
    ['a clock that was never set', () => judgeClock(0, undefined, false), /^failed: .*cannot be/],
    ['a clock behind its own journal', () => judgeClock(now, now + day, true), /^warning: .*has something of/],
    ['many files', () => judgeOpenFiles(65_536, 20_000), /^ok/],
    ['few files', () => judgeOpenFiles(1_024, 20_000), /^warning/],
    ['an unknown number of files', () => judgeOpenFiles(undefined, 20_000), /^skipped/],
    ['our own name', () => judgeName('mx.example', ['192.0.2.1'], ['192.0.2.1']), /^ok: mx\.example is 192\.0\.2\.1/],
    ['the name of another', () => judgeName('mx.example', ['192.0.2.9'], ['192.0.2.1']), /^warning: .*none of which/],
    ['a name without an address', () => judgeName('mx.example', [], []), /^warning: mx\.example has no address/],
    ['review', () => judgePolicy('review', false), /^ok: nothing, unless an operator/],
    ['live without a word', () => judgePolicy('live', false), /^warning: nothing/],
    ['live with its word', () => judgePolicy('live', true), /^warning: probes go out/],
    ['a shell that knows us', () => judgeShell('bash', 'eval "$(spamtrap shell-init bash)"'), /^ok/],
    ['a shell that does not', () => judgeShell('zsh', ''), /^warning: typed in zsh/],
    ['another shell', () => judgeShell('tcsh', ''), /^ok: "trap" is a builtin/],
  ])('%s', (_, judge, expected) => {
    expect(verdict(judge)).toMatch(expected);
  });
});
