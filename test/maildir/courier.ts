// Announces and completes one attempt in the maildir that is named, as a probe courier does.
import { writeSync } from 'node:fs';
import { Maildir } from '../../src/lib/maildir/maildir.ts';
import { announceProbe, completeProbe } from '../../src/lib/maildir/sent-probe.ts';
import { someProbe } from '../support/some-probe.ts';

const maildir = new Maildir(process.argv[2]!);
await announceProbe(maildir, someProbe);
writeSync(1, 'announced\n');
await completeProbe(maildir, someProbe, { refused: new Map() });
writeSync(1, 'completed\n');
